/** The feed of friends' posts: read page by page, and delivered live over WebSockets. */
@NullMarked
package holdfast.bench.feed;

import org.jspecify.annotations.NullMarked;
