package holdfast.loadtest.timeline;

import java.util.List;

/**
 * The holders of one role, in order of time. If two machines hold it at once, their spans overlap.
 */
public record RoleLane(String role, List<RoleSpan> spans) {}
