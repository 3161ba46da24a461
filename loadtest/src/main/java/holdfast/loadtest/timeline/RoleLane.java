package holdfast.loadtest.timeline;

import java.util.List;

/** Who had a role, in order of time. Two at once are two spans that overlap. */
public record RoleLane(String role, List<RoleSpan> spans) {}
