package org.nbdcore.spi;

import java.io.IOException;
import java.util.List;

/**
 * A device that offers meta contexts of its own beside {@code base:allocation}: information about
 * ranges that clients may ask for by block status requests.
 *
 * <p>Optional. Filters that extend {@link PassThroughDevice} forward the contexts, other filters
 * hide them. A filter that extends {@code PassThroughDevice} and changes offsets or block sizes
 * must change those of the contexts too, as it does for {@link BlockDevice#extents}.
 */
@Experimental
public interface MetaContextDevice extends BlockDevice {

  /**
   * The names of the contexts, in the form {@code namespace:name}. The namespace {@code base} is
   * the protocol's. The server asks once when it has opened the chain; there may be up to 31.
   */
  List<String> metaContexts() throws IOException;

  /**
   * Reports the status of a range in one context, under the rules of {@link BlockDevice#extents}.
   *
   * @param context one of {@link #metaContexts}
   * @param flags {@link Flags#REQ_ONE} if only the first extent is wanted, or {@link Flags#NONE}
   * @param sink receives the extents. Their type is the status that the client receives, 32 bits
   *     whose meaning the context defines
   */
  void metaContextExtents(String context, long offset, long length, Flags flags, ExtentSink sink)
      throws IOException;
}
