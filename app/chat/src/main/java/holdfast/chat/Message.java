package holdfast.chat;

import java.util.UUID;

record Message(UUID from, UUID to, String text) {}
