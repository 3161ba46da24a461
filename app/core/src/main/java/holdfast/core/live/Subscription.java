package holdfast.core.live;

import holdfast.platform.auth.TokenOwner;

/**
 * The result of a handshake.
 *
 * @param from the subscriber gets the posts after this cursor
 * @param again true if the subscriber was connected before and may have missed many posts
 */
record Subscription(TokenOwner who, FeedCursor from, boolean again) {}
