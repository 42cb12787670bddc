package org.nbdcore.allocator;

import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;

/** The ways to keep a disk in memory, by the names that users give them. */
public enum Allocators {
  /** Memory is taken when a page is first written to. */
  SPARSE;

  /** The parameter {@code allocator=}, which is {@code sparse} by default. */
  public static Parameter<Allocators> parameter() {
    return Parameter.of(
            "allocator",
            "sparse",
            "How memory is allocated: sparse takes it when a page is first written to.",
            Allocators::parse)
        .defaultValue(SPARSE);
  }

  private static Allocators parse(String text) throws ConfigException {
    if (text.equals("sparse")) {
      return SPARSE;
    }
    throw new ConfigException("must be sparse, not '" + text + "'");
  }

  /** Adds what there is to know of allocators to {@code --dump-plugin}. */
  public static void dump(DumpSink out) {
    out.put("memory_allocators", "sparse");
    out.put("memory_page_size", Integer.toString(Page.SIZE));
  }

  /**
   * Makes a disk of zeroes.
   *
   * @param size in bytes, from 0 to {@link Long#MAX_VALUE}
   */
  public Allocator create(long size) {
    return new SparseDisk(size);
  }
}
