package org.nbdcore.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Host;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * Each call into a third-party jar runs with its class loader as the thread's context class loader.
 */
final class ThirdPartyProvidersTest {

  /** Fails each call in which the thread's class loader is another. */
  private static final String CHECK =
      "static void look() { if (Thread.currentThread().getContextClassLoader()"
          + " != Disk.class.getClassLoader()) throw new AssertionError(\"another loader\"); }"
          + "public Disk() { look(); }";

  private static final String DISK =
      "package third; import org.nbdcore.spi.*; import java.util.*; import java.nio.ByteBuffer;"
          + "public final class Disk implements PluginProvider {"
          + CHECK
          + "public String name() { look(); return \"disk\"; }public String description() { look();"
          + " return \"a disk\"; }public List<Parameter<?>> parameters() { look(); return"
          + " List.of(); }public List<DebugFlag> debugFlags() { look(); return List.of(); }public"
          + " boolean acceptsAnyKey() { look(); return false; }public String version() { look();"
          + " return \"1\"; }public ThreadModel threadModel() { look(); return"
          + " ThreadModel.PARALLEL; }public void dump(Config config, DumpSink out) { look();"
          + " }public Plugin create(Config config) { look(); return new Plugin() { public"
          + " ThreadModel threadModel() { look(); return ThreadModel.PARALLEL; } public void"
          + " start(StartContext context) { look(); } public void preconnect(Session session) {"
          + " look(); } public String defaultExport(OpenRequest request) { look(); return \"\"; }"
          + " public List<Export> listExports(OpenRequest request) { look(); return List.of(); }"
          + " public BlockDevice open(OpenRequest request) { look(); return new Device(); } public"
          + " void close() { look(); } }; }static final class Device implements AsyncBlockDevice,"
          + " ZeroCopyReadable { public long size() { look(); return 4096; } public Capabilities"
          + " capabilities() { look(); return"
          + " Capabilities.readWrite().withFlush(true).withTrim(true).withExtents(true).withZero(Support.NATIVE).withFua(Support.NATIVE).withCache(Support.NATIVE);"
          + " } public Optional<String> description() { look(); return Optional.empty(); } public"
          + " void read(ByteBuffer dst, long offset) { look(); dst.position(dst.limit()); } public"
          + " boolean readZeroCopy(long offset, long length, BufferList buffers) { look(); return"
          + " false; } public boolean prefersAsync() { look(); return true; } public boolean"
          + " readAsync(ByteBuffer dst, long offset, CompletionHandler handler) {  look();"
          + " handler.completed(() -> look()); return true; } public boolean writeAsync(ByteBuffer"
          + " src, long offset, Flags flags, CompletionHandler told) {  look(); told.completed(()"
          + " -> look()); return true; } public void write(ByteBuffer src, long offset, Flags"
          + " flags) { look(); } public void flush() { look(); } public void trim(long offset, long"
          + " length, Flags flags) { look(); } public void zero(long offset, long length, Flags"
          + " flags) { look(); } public void cache(long offset, long length) { look(); } public"
          + " void extents(long offset, long length, Flags flags, ExtentSink sink) {  look();"
          + " sink.add(offset, length, 0); } public void close() { look(); } } }";

  private static final String LENS =
      "package third; import org.nbdcore.spi.*; import java.util.*;"
          + "public final class Lens implements FilterProvider {"
          + "static void look() { Disk.look(); }"
          + "public String name() { look(); return \"lens\"; }"
          + "public String description() { look(); return \"a lens\"; }"
          + "public List<Parameter<?>> parameters() { look(); return List.of(); }"
          + "public List<DebugFlag> debugFlags() { look(); return List.of(); }"
          + "public String version() { look(); return \"1\"; }"
          + "public void dump(DumpSink out) { look(); }"
          + "public void configureBelow(Config config, List<LayerConfig> layers) { look();"
          + " if (layers.size() != 1) throw new AssertionError(layers.toString()); }"
          + "public Filter create(Config config) { look(); return new Filter() {"
          + " public ThreadModel threadModel() { look(); return ThreadModel.PARALLEL; }"
          + " public void start(Backend next, StartContext context) { look(); }"
          + " public void preconnect(Session session, Backend next) { look(); }"
          + " public String defaultExport(OpenRequest request, Backend next) {"
          + "  look(); return \"\"; }"
          + " public List<Export> listExports(OpenRequest request, Backend next) {"
          + "  look(); return List.of(); }"
          + " public BlockDevice open(OpenRequest request, Backend next)"
          + "  throws java.io.IOException { look(); return next.open(request); }"
          + " public void close() { look(); } }; } }";

  @TempDir Path scratch;
  private Path folder;
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(scratch.resolve("plugins"));
  }

  private Providers providers() {
    return new Providers(List.of(folder), warnings::add);
  }

  private static Config emptyConfig() throws ConfigException {
    return Config.builder(List.of()).build();
  }

  @Test
  void everyCallRunsWithTheJarsContextClassLoader() throws Exception {
    new TestJar(scratch)
        .service("PluginProvider", "third.Disk")
        .service("FilterProvider", "third.Lens")
        .source("Disk", DISK)
        .source("Lens", LENS)
        .write(folder.resolve("a.jar"));
    ClassLoader original = Thread.currentThread().getContextClassLoader();
    try (Providers providers = providers()) {
      PluginProvider plugin = providers.plugin("disk").orElseThrow();
      FilterProvider filter = providers.filter("lens").orElseThrow();
      plugin.debugFlags();
      plugin.acceptsAnyKey();
      plugin.version();
      plugin.threadModel();
      plugin.dump(emptyConfig(), null);
      filter.debugFlags();
      filter.version();
      filter.dump(null);
      try (Chain chain =
          Chain.builder().filter(filter, emptyConfig()).plugin(plugin, emptyConfig()).build()) {
        chain.threadModel();
        chain.start(Host.NONE);
        useAll(chain);
      }
    }
    assertThat(warnings).isEmpty();
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(original);
  }

  private static void useAll(Chain chain) throws IOException {
    OpenRequest request = OpenRequest.detached("", false);
    chain.top().preconnect(Session.DETACHED);
    chain.top().defaultExport(request);
    chain.top().listExports(request);
    try (BlockDevice device = chain.top().open(request)) {
      device.size();
      device.capabilities();
      device.description();
      device.read(ByteBuffer.allocateDirect(512), 0);
      BlockDevices.readZeroCopy(device, 0, 512, null);
      BlockDevices.prefersAsync(device);
      List<AsyncResult> results = new ArrayList<>();
      BlockDevices.readAsync(device, ByteBuffer.allocateDirect(512), 0, results::add);
      BlockDevices.writeAsync(device, ByteBuffer.allocateDirect(512), 0, Flags.NONE, results::add);
      assertThat(results).hasSize(2);
      for (AsyncResult result : results) {
        result.join();
      }
      device.write(ByteBuffer.allocateDirect(512), 0, Flags.NONE);
      device.flush();
      device.trim(0, 512, Flags.NONE);
      device.zero(0, 512, Flags.NONE);
      device.cache(0, 512);
      device.extents(0, 512, Flags.NONE, new Extents(0, 512, 1));
    }
  }

  /** The jar contains the provider, but lacks a class that the plugin uses later. */
  @Test
  void aMissingLibraryIsNamedWhenThePluginIsCreatedStartedOrOpened() throws Exception {
    for (String where : new String[] {"create", "start", "open"}) {
      Files.createDirectories(folder);
      new TestJar(scratch)
          .service("PluginProvider", "third.Needy")
          .source("Library", "package third; final class Library { static void use() {} }")
          .source("Needy", needy(where))
          .without("Library")
          .write(folder.resolve("a.jar"));
      try (Providers providers = providers()) {
        PluginProvider plugin = providers.plugin("needy").orElseThrow();
        assertThatThrownBy(
                () -> {
                  try (Chain chain = Chain.builder().plugin(plugin, emptyConfig()).build()) {
                    chain.start(Host.NONE);
                    chain.top().open(OpenRequest.detached("", false)).close();
                  }
                })
            .as(where)
            .hasMessageStartingWith("needy: ")
            .hasMessageContaining("it needs the class third.Library, which is not in the jar");
      }
    }
    assertThat(warnings).isEmpty();
  }

  private static String needy(String where) {
    String use = "Library.use();";
    return "package third; import org.nbdcore.spi.*; import java.util.*;"
        + "public final class Needy implements PluginProvider {"
        + "public String name() { return \"needy\"; }"
        + "public String description() { return \"needs a library\"; }"
        + "public List<Parameter<?>> parameters() { return List.of(); }"
        + ("public Plugin create(Config config) { " + (where.equals("create") ? use : ""))
        + "return new Plugin() {"
        + (" public void start(StartContext context) { "
            + (where.equals("start") ? use : "")
            + " }")
        + (" public BlockDevice open(OpenRequest request) { " + use + " return null; } }; } }");
  }
}
