package holdfast.core.live;

import holdfast.platform.auth.TokenOwner;

/**
 * The result of a handshake.
 *
 * @param from posts after this cursor are to be delivered
 * @param again true if the subscriber was connected before and may have missed many posts
 */
record Subscription(TokenOwner who, FeedCursor from, boolean again) {}
