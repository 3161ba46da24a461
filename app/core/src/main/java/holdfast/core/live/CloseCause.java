package holdfast.core.live;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import java.util.Locale;

/** The reason why a connection is closed. */
enum CloseCause {
  LEFT(CloseCodes.NORMAL_CLOSURE, ""),
  STOPPING(CloseCodes.GOING_AWAY, "the node is stopping: connect again with ?after="),
  CROWDED(CloseCodes.TRY_AGAIN_LATER, "too many connections: try again later"),
  EXPIRED(CloseCodes.VIOLATED_POLICY, "token expired"),
  SLOW(CloseCodes.VIOLATED_POLICY, "too slow: connect again with ?after="),
  TOO_BIG(CloseCodes.TOO_BIG, "the message is too long"),
  SILENT(CloseCodes.VIOLATED_POLICY, "a ping was not answered");

  private final CloseReason toClient;

  CloseCause(CloseCode code, String reason) {
    this.toClient = new CloseReason(code, reason);
  }

  CloseReason toClient() {
    return toClient;
  }

  /** The label in metrics. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
