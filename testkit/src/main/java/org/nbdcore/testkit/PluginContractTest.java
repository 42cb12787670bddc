package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.spi.helpers.BlockDevices;
import org.opentest4j.TestAbortedException;

/**
 * Contract tests for a plugin. Extend this class and declare the plugin, its parameters and the
 * expected disk. The tests read the whole disk, so it should have at most a few MiB.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class PluginContractTest {

  private static final int THREADS = 8;

  private final List<Plugin> plugins = new ArrayList<>();
  private final List<BlockDevice> devices = new ArrayList<>();

  /** Creates the provider under test; a new one at each call. */
  protected abstract PluginProvider provider();

  /** The parameters, each {@code key=value}, of a small disk. */
  protected abstract List<String> parameters() throws IOException;

  /** Expected capabilities of a device that is opened for writing. */
  protected abstract Capabilities expectedCapabilities();

  /** Expected contents of the disk when it is first opened; the length is the disk's size. */
  protected abstract byte[] expectedContents() throws IOException;

  /** The name of the export to open; by default the default export. */
  protected String exportName() {
    return "";
  }

  /** True if written data can be read back. By default true. */
  protected boolean remembersWrites() {
    return true;
  }

  /**
   * Whether the tests open the disk for writing. Return false for a plugin that accepts no writes,
   * or only writes that change nothing. {@link #expectedCapabilities} are then those for reading.
   */
  protected boolean opensForWriting() {
    return true;
  }

  /**
   * True if flushed data outlives the plugin: a plugin that is created anew with the same {@link
   * #parameters} must have it. Return true for a plugin that stores its data outside the process.
   */
  protected boolean persists() {
    return false;
  }

  /** How long an asynchronous request may take; for tests of this class. */
  Duration completionTimeout() {
    return CompletionProbe.TIMEOUT;
  }

  /** Closes what a test opened. */
  @AfterEach
  protected final void closeAll() throws IOException {
    for (BlockDevice device : devices) {
      device.close();
    }
    for (Plugin plugin : plugins) {
      plugin.close();
    }
  }

  /** Creates and starts a plugin. The test class closes it after the test. */
  protected final Plugin startPlugin() throws IOException, ConfigException {
    PluginProvider provider = provider();
    Plugin plugin = provider.create(Configs.of(provider.parameters(), parameters()));
    plugins.add(plugin);
    plugin.start(StartContext.NONE);
    return plugin;
  }

  /**
   * Opens a device, for writing if {@link #opensForWriting}. The test class closes it after the
   * test.
   */
  protected final BlockDevice open(Plugin plugin) throws IOException {
    return open(plugin, !opensForWriting());
  }

  private BlockDevice open(Plugin plugin, boolean readOnly) throws IOException {
    TestSession session = new TestSession(devices.size() + 1);
    plugin.preconnect(session);
    BlockDevice device = plugin.open(session.request(exportName()).withReadOnly(readOnly));
    devices.add(device);
    return device;
  }

  private void close(BlockDevice device) throws IOException {
    devices.remove(device);
    device.close();
  }

  @Test
  void providerDescribesItself() {
    ProviderRules.check(provider());
  }

  @Test
  void providerIsFoundByServiceLoader() {
    ProviderRules.checkIsFound(PluginProvider.class, provider());
  }

  @Test
  void missingRequiredParametersAreReported() {
    PluginProvider provider = provider();
    for (Parameter<?> parameter : provider.parameters()) {
      if (parameter.isRequired()) {
        assertThatThrownBy(() -> Configs.of(provider.parameters()))
            .isInstanceOf(ConfigException.class)
            .hasMessageContaining(parameter.key());
      }
    }
  }

  @Test
  void dumpWorksWithoutAnyParameter() throws Exception {
    PluginProvider provider = provider();
    Config nothing = Config.builder(provider.parameters()).buildPartial();
    provider.dump(
        nothing,
        new DumpSink() {
          @Override
          public void put(String key, String value) {
            assertThat(key).matches("[A-Za-z0-9_.-]+");
            assertThat(value).as(key).isNotNull().doesNotContain("\n");
          }

          @Override
          public void error(String message) {
            assertThat(message).isNotBlank();
          }
        });
  }

  @Test
  void pluginThatWasNeverStartedCloses() throws Exception {
    PluginProvider provider = provider();
    Plugin plugin = provider.create(Configs.of(provider.parameters(), parameters()));
    assertThat(plugin.threadModel()).isNotNull();
    plugin.close();
  }

  @Test
  void sizeAndCapabilitiesAreAsExpected() throws Exception {
    BlockDevice device = open(startPlugin());
    assertThat(device.size()).isEqualTo(expectedContents().length);
    assertThat(device.capabilities()).isEqualTo(expectedCapabilities());
    assertThat(device.capabilities()).isEqualTo(device.capabilities());
    assertThat(device.description()).isNotNull();
  }

  @Test
  void exportsAreListed() throws Exception {
    Plugin plugin = startPlugin();
    OpenRequest detached = OpenRequest.detached("", true);
    assertThat(plugin.listExports(detached)).doesNotContainNull();
    assertThat(plugin.defaultExport(detached)).isNotNull();
  }

  @Test
  void readReturnsTheContents() throws Exception {
    Plugin plugin = startPlugin();
    byte[] expected = expectedContents();
    BlockDevice device = open(plugin);
    ContentAssertions.assertSame("disk", DiskContents.read(device), expected, 0);
    close(device);
    ContentAssertions.assertSame(
        "disk opened for reading only", DiskContents.read(open(plugin, true)), expected, 0);
  }

  @Test
  void extentsOfTheDiskMatchItsContents() throws Exception {
    BlockDevice device = open(startPlugin());
    assumeTrue(device.capabilities().extents() && device.size() > 0);
    byte[] contents = expectedContents();
    Extents extents = new Extents(0, device.size(), Integer.MAX_VALUE);
    while (extents.position() < device.size()) {
      long before = extents.position();
      Extents part = new Extents(before, device.size() - before, Integer.MAX_VALUE);
      device.extents(before, device.size() - before, Flags.NONE, new CheckingExtentSink(part));
      assertThat(part.position()).as("end of the extents from %d", before).isGreaterThan(before);
      long at = before;
      for (int i = 0; i < part.size(); i++) {
        extents.add(at, part.length(i), part.type(i));
        at += part.length(i);
      }
    }
    long at = 0;
    for (int i = 0; i < extents.size(); i++) {
      if ((extents.type(i) & ExtentSink.ZERO) != 0) {
        for (long b = at; b < at + extents.length(i); b++) {
          if (contents[(int) b] != 0) {
            throw new AssertionError("byte " + b + " is reported to be zero, but is not");
          }
        }
      }
      at += extents.length(i);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void randomOperationsAgreeWithTheModel(long seed) throws Exception {
    Plugin plugin = startPlugin();
    BlockDevice device = open(plugin);
    byte[] shadow = expectedContents();
    ThreadStripe area = ThreadStripe.whole(shadow.length, (int) FilterFixture.granularity(device));
    new Exerciser(device, shadow, area, remembersWrites(), seed)
        .withCompletionTimeout(completionTimeout())
        .run(600);
    ContentAssertions.assertSame("disk after seed " + seed, DiskContents.read(device), shadow, 0);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 12})
  void eightThreadsAgreeWithTheModel(long seed) throws Exception {
    Plugin plugin = startPlugin();
    ThreadModel model = plugin.threadModel();
    assumeTrue(
        model.compareTo(ThreadModel.SERIALIZE_REQUESTS) >= 0,
        "the thread model allows one request at a time");
    BlockDevice first = open(plugin);
    Capabilities capabilities = first.capabilities();
    boolean shared = model == ThreadModel.PARALLEL && !capabilities.multiConn();
    byte[] shadow = expectedContents();
    int unit = capabilities.blockSizes().minimum();
    long cell = (1 + new Random(seed).nextInt(Math.max(1, 6000 / unit))) * (long) unit;
    List<ConcurrentTasks.Task> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      ThreadStripe area =
          new ThreadStripe(shadow.length - shadow.length % unit, unit, cell, i, THREADS);
      boolean second = model == ThreadModel.PARALLEL && i % 2 == 1;
      BlockDevice device = shared ? first : second ? devices.get(devices.size() - 1) : open(plugin);
      Exerciser exerciser = new Exerciser(device, shadow, area, remembersWrites(), seed * 100 + i);
      tasks.add(() -> exerciser.run(400));
    }
    ConcurrentTasks.run(tasks);
    ContentAssertions.assertSame("disk after seed " + seed, DiskContents.read(first), shadow, 0);
  }

  @Test
  void writtenDataIsThereAfterReopening() throws Exception {
    Plugin plugin = startPlugin();
    BlockDevice device = open(plugin);
    Capabilities capabilities = device.capabilities();
    assumeTrue(capabilities.write() && remembersWrites() && device.size() > 0);
    byte[] shadow = expectedContents();
    ThreadStripe area = ThreadStripe.whole(shadow.length, capabilities.blockSizes().minimum());
    new Exerciser(device, shadow, area, true, 21).run(50);
    if (capabilities.flush()) {
      device.flush();
    }
    close(device);
    ContentAssertions.assertSame("disk opened again", DiskContents.read(open(plugin)), shadow, 0);
  }

  /** Like a restart after a crash: the first plugin and its device are still open. */
  @Test
  void flushedDataSurvivesARestart() throws Exception {
    assumeTrue(persists(), "persists() returns false");
    BlockDevice device = open(startPlugin());
    assumeTrue(device.capabilities().write() && device.capabilities().flush());
    byte[] shadow = expectedContents();
    ThreadStripe area =
        ThreadStripe.whole(shadow.length, device.capabilities().blockSizes().minimum());
    new Exerciser(device, shadow, area, true, 22).run(50);
    device.flush();
    byte[] found = DiskContents.read(open(startPlugin()));
    ContentAssertions.assertSame(
        "flush must make all completed writes durable; the disk after a restart", found, shadow, 0);
  }

  /** The same for writes and zeroes with FUA, without a flush. */
  @Test
  void dataWrittenWithFuaSurvivesARestart() throws Exception {
    assumeTrue(persists(), "persists() returns false");
    BlockDevice device = open(startPlugin());
    Capabilities offered = device.capabilities();
    assumeTrue(offered.write() && offered.fua() == Support.NATIVE);
    byte[] block = new byte[offered.blockSizes().minimum()];
    new Random(23).nextBytes(block);
    device.write(ByteBuffer.allocateDirect(block.length).put(block).flip(), 0, Flags.FUA);
    checkStartAfterRestart("a write with FUA must be durable when the call returns", block);
    if (BlockDevices.prefersAsync(device)) {
      new Random(24).nextBytes(block);
      ByteBuffer src = ByteBuffer.allocateDirect(block.length).put(block).flip();
      CompletionProbe.write(device, src, 0, Flags.FUA);
      checkStartAfterRestart(
          "an asynchronous write with FUA must be durable when it completes", block);
    }
    if (offered.zero() == Support.NATIVE) {
      device.zero(0, block.length, Flags.FUA);
      checkStartAfterRestart(
          "a zero with FUA must be durable when the call returns", new byte[block.length]);
    }
  }

  /** Checks that another plugin finds the bytes at the start of the disk, and no other change. */
  private void checkStartAfterRestart(String rule, byte[] start) throws Exception {
    byte[] expected = expectedContents();
    System.arraycopy(start, 0, expected, 0, start.length);
    byte[] found = DiskContents.read(open(startPlugin()));
    ContentAssertions.assertSame(rule + "; the disk after a restart", found, expected, 0);
  }

  /** The server gives each third-party jar a class loader that shares only the SPI. */
  @Test
  void pluginWorksInItsOwnClassLoader() throws Exception {
    assumeTrue(IsolatedProvider.isPossible(provider()), "the provider has no public constructor");
    try {
      readInIsolation();
    } catch (TestAbortedException e) {
      throw e;
    } catch (Exception | LinkageError e) {
      throw new AssertionError(
          "the plugin does not work in a class loader of its own, as the server gives each"
              + " third-party jar: it may use only classes of its jar, the SPI and the JDK,"
              + " and must not ask the application's class loader: "
              + e,
          e);
    }
  }

  private void readInIsolation() throws Exception {
    try (IsolatedProvider isolated = IsolatedProvider.of(provider())) {
      isolated.run(
          isolatedProvider -> {
            Plugin plugin =
                isolatedProvider.create(Configs.of(isolatedProvider.parameters(), parameters()));
            try {
              plugin.start(StartContext.NONE);
              OpenRequest request = new TestSession().request(exportName());
              try (BlockDevice device = plugin.open(request.withReadOnly(true))) {
                byte[] found = DiskContents.read(device);
                ContentAssertions.assertSame("disk", found, expectedContents(), 0);
              }
            } finally {
              plugin.close();
            }
          });
    }
  }

  @Test
  void operationsNotOfferedThrow() throws Exception {
    BlockDevice device = open(startPlugin());
    Capabilities offered = device.capabilities();
    byte[] before = expectedContents();
    int unit = offered.blockSizes().minimum();
    assumeTrue(before.length >= unit);
    if (!offered.write()) {
      ByteBuffer src = ByteBuffer.allocateDirect(unit);
      assertThatThrownBy(() -> device.write(src, 0, Flags.NONE)).isInstanceOf(IOException.class);
    }
    if (!offered.flush()) {
      assertThatThrownBy(device::flush).isInstanceOf(IOException.class);
    }
    if (!offered.write() || !offered.trim()) {
      assertThatThrownBy(() -> device.trim(0, unit, Flags.NONE)).isInstanceOf(IOException.class);
    }
    if (!offered.write() || offered.zero() != Support.NATIVE) {
      assertThatThrownBy(() -> device.zero(0, unit, Flags.NONE)).isInstanceOf(IOException.class);
    }
    if (offered.cache() != Support.NATIVE) {
      assertThatThrownBy(() -> device.cache(0, unit)).isInstanceOf(IOException.class);
    }
    ContentAssertions.assertSame("disk", DiskContents.read(device), before, 0);
  }
}
