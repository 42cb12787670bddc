package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.nbdcore.filter.common.Chains.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.blocksize.BlocksizeFilterProvider;
import org.nbdcore.filter.blocksizepolicy.BlocksizePolicyFilterProvider;
import org.nbdcore.filter.cacheextents.CacheextentsFilterProvider;
import org.nbdcore.filter.checkwrite.CheckwriteFilterProvider;
import org.nbdcore.filter.count.CountFilterProvider;
import org.nbdcore.filter.cow.CowFilterProvider;
import org.nbdcore.filter.exportname.ExportnameFilterProvider;
import org.nbdcore.filter.fua.FuaFilterProvider;
import org.nbdcore.filter.log.LogFilterProvider;
import org.nbdcore.filter.multiconn.MultiConnFilterProvider;
import org.nbdcore.filter.nocache.NocacheFilterProvider;
import org.nbdcore.filter.noextents.NoextentsFilterProvider;
import org.nbdcore.filter.nozero.NozeroFilterProvider;
import org.nbdcore.filter.offset.OffsetFilterProvider;
import org.nbdcore.filter.openonce.OpenonceFilterProvider;
import org.nbdcore.filter.pause.PauseFilterProvider;
import org.nbdcore.filter.protect.ProtectFilterProvider;
import org.nbdcore.filter.rate.RateFilterProvider;
import org.nbdcore.filter.readahead.ReadaheadFilterProvider;
import org.nbdcore.filter.readonly.ReadonlyFilterProvider;
import org.nbdcore.filter.retry.RetryFilterProvider;
import org.nbdcore.filter.scan.ScanFilterProvider;
import org.nbdcore.filter.stats.StatsFilterProvider;
import org.nbdcore.filter.timelimit.TimeLimitFilterProvider;
import org.nbdcore.filter.truncate.TruncateFilterProvider;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.CompletionProbe;
import org.nbdcore.testkit.SimulatedAsyncDevice;
import org.nbdcore.testkit.TrackedBackend;

/** Which filters forward asynchronous reads and writes. */
@Timeout(60)
@Tag("newest")
final class AsyncFiltersTest {

  private static final int LENGTH = 4096;

  /** A parameter that splits each request of these tests into two parts. */
  private static final String HALVES = "maxdata=2K";

  @TempDir private Path folder;

  private final ModelDisk disk = new ModelDisk(1 << 16).fill(1);

  /** Filter, parameter, and whether it forwards asynchronous reads and writes. */
  static Stream<Arguments> filters() {
    return Stream.of(
        arguments(new BlocksizeFilterProvider(), "minblock=512", true, false),
        arguments(new BlocksizeFilterProvider(), "maxdata=64K", true, true),
        arguments(new BlocksizeFilterProvider(), HALVES, true, true),
        arguments(new BlocksizeFilterProvider(), "minblock=8K", false, false),
        arguments(new BlocksizePolicyFilterProvider(), "blocksize-minimum=512", true, true),
        arguments(new CacheextentsFilterProvider(), "", true, true),
        arguments(new CheckwriteFilterProvider(), "", true, false),
        arguments(new CountFilterProvider(), "", true, true),
        arguments(new CowFilterProvider(), "", true, false),
        arguments(new CowFilterProvider(), "cow-on-read=true", false, false),
        arguments(new ExportnameFilterProvider(), "exportdesc=fixed:a disk", true, true),
        arguments(new FuaFilterProvider(), "fua-mode=pass", true, true),
        arguments(new FuaFilterProvider(), "fua-mode=discard", true, true),
        arguments(new FuaFilterProvider(), "fua-mode=force", true, true),
        arguments(new LogFilterProvider(), "logfile=", true, true),
        arguments(new LogFilterProvider(), "logscript=:", false, false),
        arguments(new MultiConnFilterProvider(), "", true, true),
        arguments(new NocacheFilterProvider(), "cache-mode=nop", true, true),
        arguments(new NoextentsFilterProvider(), "", true, true),
        arguments(new NozeroFilterProvider(), "", true, true),
        arguments(new OffsetFilterProvider(), "offset=4096", true, true),
        arguments(new OpenonceFilterProvider(), "", true, true),
        arguments(new PauseFilterProvider(), "pause-control=", true, true),
        arguments(new ProtectFilterProvider(), "protect=0-1023", true, false),
        arguments(new ProtectFilterProvider(), "protect=8192-", true, true),
        arguments(new RateFilterProvider(), "rate=1G", true, true),
        arguments(new RateFilterProvider(), "rate=1K", false, false),
        arguments(new ReadaheadFilterProvider(), "", true, true),
        arguments(new ReadonlyFilterProvider(), "readonly-file=", true, true),
        arguments(new RetryFilterProvider(), "", true, true),
        arguments(new ScanFilterProvider(), "", true, true),
        arguments(new StatsFilterProvider(), "statsfile=", true, true),
        arguments(new TimeLimitFilterProvider(), "time-limit=3600", true, true),
        arguments(new TruncateFilterProvider(), "truncate=128K", true, true));
  }

  private static Arguments arguments(
      FilterProvider provider, String parameter, boolean reads, boolean writes) {
    return Arguments.of(Named.of(provider.name(), provider), parameter, reads, writes);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("filters")
  void asynchronousRequestsReachTheLayerBelow(
      FilterProvider provider, String parameter, boolean reads, boolean writes) throws Exception {
    String value = parameter.endsWith("=") ? parameter + folder.resolve("file") : parameter;
    try (Layer layer =
            new Layer(
                Chains.filter(provider, value.isEmpty() ? new String[0] : new String[] {value}));
        BlockDevice device = layer.open()) {
      layer.below.hold();
      int parts = parameter.equals(HALVES) ? 2 : 1;
      boolean never = parameter.startsWith("logscript");
      assertThat(BlockDevices.prefersAsync(device)).isNotEqualTo(never);
      CompletionProbe read = new CompletionProbe();
      assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(LENGTH), LENGTH, read))
          .isEqualTo(reads);
      assertThat(layer.below.inFlight()).isEqualTo(reads ? parts : 0);
      CompletionProbe write = new CompletionProbe();
      assertThat(
              BlockDevices.writeAsync(
                  device, ByteBuffer.allocateDirect(LENGTH), 0, Flags.NONE, write))
          .isEqualTo(writes);
      assertThat(layer.below.inFlight()).isEqualTo((reads ? parts : 0) + (writes ? parts : 0));
      layer.below.release();
      if (reads) {
        read.join();
      }
      if (writes) {
        write.join();
      }
    }
  }

  /** A filter above an asynchronous disk. */
  private final class Layer implements AutoCloseable {
    private final Filter filter;
    private final SimulatedAsyncDevice below;
    private final TrackedBackend tracked;

    Layer(Filter filter) throws IOException {
      this.filter = filter;
      below = new SimulatedAsyncDevice(disk.open(OpenRequest.detached("", false)), 1);
      tracked = Backends.of(below);
      filter.start(tracked, StartContext.NONE);
    }

    BlockDevice open() throws IOException {
      return Chains.open(filter, tracked);
    }

    @Override
    public void close() throws IOException {
      filter.close();
      below.close();
      assertThat(tracked.violations()).isEmpty();
      assertThat(tracked.open()).isZero();
      assertThat(disk.breaches).isEmpty();
    }
  }

  private static ByteBuffer data(int value) {
    return ByteBuffer.allocateDirect(LENGTH).put(bytes(value, LENGTH)).flip();
  }

  @Test
  void cachedExtentsAreInvalidatedWhenAWriteCompletes() throws Exception {
    disk.allocate(0, 1 << 16, false);
    try (Layer layer = new Layer(Chains.filter(new CacheextentsFilterProvider()));
        BlockDevice device = layer.open();
        BlockDevice other = layer.open()) {
      layer.below.hold();
      CompletionProbe write = new CompletionProbe();
      assertThat(BlockDevices.writeAsync(device, data(1), 0, Flags.NONE, write)).isTrue();
      assertThat(Chains.extents(other, 0, 65536, Flags.NONE))
          .isEqualTo("0+65536=3"); // the write is not complete
      layer.below.release();
      write.join();
      assertThat(Chains.extents(other, 0, 65536, Flags.NONE)).isEqualTo("0+4096=0 4096+61440=3");
    }
  }

  @Test
  void cachedExtentsAreInvalidatedByAFailedWrite() throws Exception {
    disk.allocate(0, 1 << 16, false);
    disk.afterwards =
        (operation, offset, length, flags) -> {
          throw new IOException("planted when all was written");
        };
    try (Layer layer = new Layer(Chains.filter(new CacheextentsFilterProvider()));
        BlockDevice device = layer.open()) {
      layer.below.hold();
      CompletionProbe write = new CompletionProbe();
      assertThat(BlockDevices.writeAsync(device, data(1), 0, Flags.NONE, write)).isTrue();
      assertThat(Chains.extents(device, 0, 65536, Flags.NONE)).isEqualTo("0+65536=3");
      layer.below.release();
      assertThat(catchThrowable(write::join)).hasMessageContaining("planted");
      assertThat(Chains.extents(device, 0, 65536, Flags.NONE)).isEqualTo("0+4096=0 4096+61440=3");
    }
  }

  /**
   * The retry filter repeats a failed write when its result is joined; the write completes then.
   */
  @Test
  void cachedExtentsAreInvalidatedWhenARetriedWriteCompletes() throws Exception {
    disk.allocate(0, 1 << 16, false);
    AtomicInteger writes = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("write") && writes.getAndIncrement() == 0) {
            throw new IOException("planted");
          }
        };
    Filter retry = Chains.filter(new RetryFilterProvider(), "retry-delay=1ns");
    try (Layer layer = new Layer(retry);
        BlockDevice device =
            Chains.open(
                Chains.filter(new CacheextentsFilterProvider()),
                Chains.over(retry, layer.tracked))) {
      layer.below.hold();
      CompletionProbe write = new CompletionProbe();
      assertThat(BlockDevices.writeAsync(device, data(1), 0, Flags.NONE, write)).isTrue();
      layer.below.release();
      layer.below.awaitCompletions();
      assertThat(Chains.extents(device, 0, 65536, Flags.NONE)).isEqualTo("0+65536=3");
      write.join();
      assertThat(Chains.extents(device, 0, 65536, Flags.NONE)).isEqualTo("0+4096=0 4096+61440=3");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fast", "connection"})
  void flushCoversCompletedAsyncWritesOfOtherConnections(String tracking) throws Exception {
    Filter filter =
        Chains.filter(
            new MultiConnFilterProvider(),
            "multi-conn-mode=emulate",
            "multi-conn-track-dirty=" + tracking);
    try (Layer layer = new Layer(filter);
        BlockDevice device = layer.open();
        BlockDevice other = layer.open()) {
      layer.below.hold();
      CompletionProbe write = new CompletionProbe();
      assertThat(BlockDevices.writeAsync(device, data(1), 0, Flags.NONE, write)).isTrue();
      other.flush(); // the write is not complete
      disk.drainCalls();
      layer.below.release();
      write.join();
      disk.drainCalls();
      other.flush();
      assertThat(disk.drainCalls()).contains("flush");
      other.flush();
      assertThat(disk.drainCalls()).isEmpty();
    }
  }

  @Test
  void countAndStatsCountSuccessfulAsyncRequestsOnce() throws Exception {
    Path file = folder.resolve("stats");
    Filter stats = Chains.filter(new StatsFilterProvider(), "statsfile=" + file);
    Filter count = Chains.filter(new CountFilterProvider());
    stats.start(disk, StartContext.NONE);
    try (CapturedLog log = CapturedLog.start()) {
      try (Layer layer = new Layer(count);
          BlockDevice device = Chains.open(stats, Chains.over(count, layer.tracked))) {
        sendRequests(device, layer.below);
      }
      assertThat(log.withNames())
          .containsExactly("count: count bytes: read 4096, written 4096, zeroed 0, trimmed 0");
    }
    stats.close();
    assertThat(Files.readString(file))
        .containsPattern("(?m)^read: 1 ops, [0-9.]+ s, 4\\.00 KiB")
        .containsPattern("(?m)^write: 1 ops, [0-9.]+ s, 4\\.00 KiB");
  }

  private void sendRequests(BlockDevice device, SimulatedAsyncDevice below) throws IOException {
    below.hold();
    CompletionProbe write = new CompletionProbe();
    CompletionProbe read = new CompletionProbe();
    CompletionProbe failing = new CompletionProbe();
    assertThat(BlockDevices.writeAsync(device, data(1), 0, Flags.NONE, write)).isTrue();
    assertThat(BlockDevices.readAsync(device, data(0), 0, read)).isTrue();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (offset == 8192) {
            throw new IOException("planted");
          }
        };
    assertThat(BlockDevices.readAsync(device, data(0), 8192, failing)).isTrue();
    below.release();
    write.join();
    read.join();
    assertThat(catchThrowable(failing::join)).hasMessageContaining("planted");
  }

  @Test
  void serializedRequestsAreNotAsynchronous() throws Exception {
    Filter filter = Chains.filter(new MultiConnFilterProvider());
    disk.threadModel = ThreadModel.SERIALIZE_REQUESTS;
    try (SimulatedAsyncDevice below =
            new SimulatedAsyncDevice(disk.open(OpenRequest.detached("", false)), 1);
        BlockDevice device =
            Chains.open(
                filter,
                new Backend() {
                  @Override
                  public BlockDevice open(OpenRequest request) throws IOException {
                    return Backends.of(below).open(request);
                  }

                  @Override
                  public ThreadModel threadModel() {
                    return disk.threadModel;
                  }
                })) {
      below.hold();
      assertThat(BlockDevices.prefersAsync(device)).isFalse();
      assertThat(BlockDevices.readAsync(device, data(1), 0, result -> {})).isFalse();
      assertThat(BlockDevices.writeAsync(device, data(1), 0, Flags.NONE, result -> {})).isFalse();
    }
  }

  @Test
  void cowForwardsAsyncReadsOnlyOfUnmodifiedBlocks() throws Exception {
    try (Layer layer = new Layer(Chains.filter(new CowFilterProvider(), "cow-block-size=4K"));
        BlockDevice device = layer.open()) {
      layer.below.hold();
      device.write(data(9), 4096, Flags.NONE);
      List<Integer> started = List.of(0, 8192, 12288);
      for (int offset : started) {
        CompletionProbe read = new CompletionProbe();
        ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);
        assertThat(BlockDevices.readAsync(device, buffer, offset, read)).isTrue();
        layer.below.release();
        read.join();
        layer.below.hold();
        byte[] found = new byte[LENGTH];
        buffer.get(0, found);
        assertThat(found).isEqualTo(Arrays.copyOfRange(disk.bytes, offset, offset + LENGTH));
      }
      ByteBuffer twoBlocks = ByteBuffer.allocateDirect(2 * LENGTH);
      for (int offset : List.of(0, 2048, 4096, 6144)) {
        assertThat(BlockDevices.readAsync(device, twoBlocks, offset, result -> {}))
            .as("at %d", offset)
            .isFalse();
      }
    }
  }
}
