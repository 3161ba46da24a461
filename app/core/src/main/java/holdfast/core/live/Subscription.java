package holdfast.core.live;

import holdfast.platform.auth.TokenOwner;

/**
 * What a handshake came to.
 *
 * @param from the posts behind it are to be delivered
 * @param again true if the subscriber was there before and may have missed many
 */
record Subscription(TokenOwner who, FeedCursor from, boolean again) {}
