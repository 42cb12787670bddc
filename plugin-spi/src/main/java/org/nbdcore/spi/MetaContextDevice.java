package org.nbdcore.spi;

import java.io.IOException;
import java.util.List;

/**
 * A device with its own meta contexts, in addition to {@code base:allocation}. A meta context is
 * information about ranges, which clients query by block status requests.
 *
 * <p>Optional. Filters that extend {@link PassThroughDevice} forward the contexts, other filters
 * hide them. A filter that extends {@code PassThroughDevice} and changes offsets or block sizes
 * must change those of the contexts too, as it does for {@link BlockDevice#extents}.
 */
@Experimental
public interface MetaContextDevice extends BlockDevice {

  /**
   * Returns the names of the contexts, in the form {@code namespace:name}. The namespace {@code
   * base} is reserved for the protocol. The server calls this method once, after it has opened the
   * chain. At most 31 contexts are allowed.
   */
  List<String> metaContexts() throws IOException;

  /**
   * Reports the status of a range in one context, under the rules of {@link BlockDevice#extents}.
   *
   * @param context one of {@link #metaContexts}
   * @param flags {@link Flags#REQ_ONE} if only the first extent is wanted, or {@link Flags#NONE}
   * @param sink receives the extents. Their type is the status that the client receives: 32 bits,
   *     defined by the context
   */
  void metaContextExtents(String context, long offset, long length, Flags flags, ExtentSink sink)
      throws IOException;
}
