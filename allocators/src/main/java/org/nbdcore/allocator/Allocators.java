package org.nbdcore.allocator;

import java.io.IOException;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.system.MemoryLock;
import org.nbdcore.system.Zstd;

/** A way to keep a disk in memory, selected by the parameter {@code allocator=}. */
public final class Allocators {

  /** Allocates memory when a page is first written. */
  public static final Allocators SPARSE = new Allocators("sparse", false);

  private static final String FORM = "sparse|malloc[,mlock=true]|zstd";

  private final String kind;
  private final boolean mlock;

  private Allocators(String kind, boolean mlock) {
    this.kind = kind;
    this.mlock = mlock;
  }

  /** The parameter {@code allocator=}. The default is {@code sparse}. */
  public static Parameter<Allocators> parameter() {
    return Parameter.of(
            "allocator",
            FORM,
            "How memory is taken: sparse when a page is first written to, malloc all at the start,"
                + " zstd as sparse but compressed.",
            Allocators::parse)
        .defaultValue(SPARSE);
  }

  private static Allocators parse(String text) throws ConfigException {
    String[] words = text.split(",", -1);
    boolean mlock = false;
    for (int i = 1; i < words.length; i++) {
      if (!words[i].startsWith("mlock=") || !words[0].equals("malloc")) {
        throw wrong(text);
      }
      mlock = Parameter.bool("mlock", "").parse(words[i].substring("mlock=".length()));
    }
    return switch (words[0]) {
      case "sparse", "malloc", "zstd" -> new Allocators(words[0], mlock);
      default -> throw wrong(text);
    };
  }

  private static ConfigException wrong(String text) {
    return new ConfigException(
        "must be sparse, malloc, malloc,mlock=true or zstd, not '" + text + "'");
  }

  /** Adds the lines about allocators to {@code --dump-plugin}. */
  public static void dump(DumpSink out) {
    boolean zstd = Zstd.available();
    out.put("mlock", MemoryLock.available() ? "yes" : "no");
    out.put("zstd", zstd ? "yes" : "no");
    out.put("memory_allocators", zstd ? "sparse malloc zstd" : "sparse malloc");
    out.put("memory_page_size", Integer.toString(Page.SIZE));
  }

  /**
   * Creates a disk of zeroes.
   *
   * @param size in bytes, from 0 to {@link Long#MAX_VALUE}
   * @throws IOException if the allocator needs all memory at once and there is not enough, or if a
   *     library that it needs is not installed
   */
  public Allocator create(long size) throws IOException {
    return switch (kind) {
      case "malloc" -> FlatDisk.allocate(size, mlock);
      case "zstd" -> CompressedDisk.create(size);
      default -> new SparseDisk(size);
    };
  }

  @Override
  public String toString() {
    return kind + (mlock ? ",mlock=true" : "");
  }
}
