package org.nbdcore.plugin.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.server.PluginServer;

/** Each parameter as a client sees it. */
final class SyntheticServedTest {

  private static final long LARGEST = Long.MAX_VALUE;

  private static PluginProvider provider(String name) {
    return switch (name) {
      case "zero" -> new ZeroProvider();
      case "ones" -> new OnesProvider();
      case "pattern" -> new PatternProvider();
      case "full" -> new FullProvider();
      case "random" -> new RandomProvider();
      case "sparse-random" -> new SparseRandomProvider();
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest(name = "{0} {1} has {2} bytes")
  @CsvSource({
    "zero, '', 0",
    "ones, '', 0",
    "ones, 1k, 1024",
    "ones, size=1k, 1024",
    "pattern, 9223372036854775807, 9223372036854775807",
    "full, 9223372036854775807, 9223372036854775807",
    "random, size=9223372036854775807, 9223372036854775807",
    "sparse-random, 9223372036854775807, 9223372036854775807",
    "ones, 7E, 8070450532247928832",
  })
  void sizeMatchesTheParameter(String name, String word, long size) throws Exception {
    String[] words = word.isEmpty() ? new String[0] : new String[] {word};
    try (PluginServer served = PluginServer.start(provider(name), words)) {
      assertThat(served.client().size()).isEqualTo(size);
      if (size > 0) {
        served.read(size - 10, 10);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "zero, 1M, takes no bare word",
    "zero, size=1M, unknown key 'size'",
    "ones, byte=256, 'byte must be from 0 to 255, not 256'",
    "ones, byte=x, 'byte must be a whole number, not ''x'''",
    "pattern, '', size=SIZE",
    "full, '', size=SIZE",
    "random, '', size=SIZE",
    "sparse-random, '', size=SIZE",
    "random, seed=-1, seed must be from 0 to 9223372036854775807",
    "sparse-random, percent=101, 'percent must be a number from 0 to 100, not ''101'''",
    "sparse-random, percent=NaN, 'percent must be a number from 0 to 100, not ''NaN'''",
    "pattern, stride=4, 'stride must be a power of 2 and at least 8, not 4'",
    "pattern, stride=12, 'stride must be a power of 2 and at least 8, not 12'",
    "pattern, upper=65536, 'upper must be a number from 0 to 65535 or random, not ''65536''' ",
    "random, fast=2, fast must be true or false",
    "sparse-random, blocksize=512, 'blocksize must be a power of 2 and at least 1024, not 512'",
    "sparse-random, blocksize=3k, 'blocksize must be a power of 2 and at least 1024, not 3072'",
    "sparse-random, runlength=0, runlength must be more than 0",
    "sparse-random, random-content=maybe, 'random-content must be true or false, not ''maybe'''",
  })
  void errorNamesTheInvalidParameter(String name, String word, String message) {
    String[] words = word.isEmpty() ? new String[0] : new String[] {word};
    assertThatThrownBy(() -> PluginServer.start(provider(name), words))
        .hasMessageContaining(message);
  }

  private static void assertFails(int error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            NbdClientException.class, e -> assertThat(e.errorValue()).isEqualTo(error));
  }

  @Test
  void byteSetsTheContentsOfOnes() throws Exception {
    try (PluginServer ones = PluginServer.start(provider("ones"), "200000");
        PluginServer other = PluginServer.start(provider("ones"), "200000", "byte=0x41")) {
      assertThat(ones.read(1, 150_000)).containsOnly(0xff);
      ones.client().write(ByteBuffer.allocate(10), 0);
      assertThat(ones.read(0, 20)).containsOnly(0xff);
      assertThat(other.read(199_990, 10)).containsOnly('A');
    }
  }

  @Test
  void patternContainsOffsetsAndAcceptsOnlyMatchingWrites() throws Exception {
    try (PluginServer served = PluginServer.start(provider("pattern"), Long.toString(LARGEST))) {
      assertThat(served.read(0x26, 4)).containsExactly(0, 0x20, 0, 0);
      assertThat(served.read(LARGEST - 7, 7))
          .containsExactly(0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
      byte[] held = served.read(1003, 5000);
      served.client().write(ByteBuffer.wrap(held), 1003);
      assertFails(ErrorValue.EIO, () -> served.client().write(ByteBuffer.wrap(held), 1004));
      assertFails(ErrorValue.EIO, () -> served.client().zero(1024, 1024, Flags.NONE));
    }
  }

  @Test
  void randomUpperPartIsConstantAndNotZero() throws Exception {
    try (PluginServer served =
        PluginServer.start(provider("pattern"), "64k", "upper=random", "stride=4k")) {
      byte[] first = served.read(0, 4096);
      assertThat(first[0] << 8 | first[1] & 0xff).isNotZero();
      assertThat(served.read(8192, 8)).startsWith(first[0], first[1]).endsWith(0x20, 0);
      assertThat(Arrays.copyOfRange(first, 2, 4096)).containsOnly(0);
    }
  }

  @Test
  void fastRandomRepeatsASectorWithVariations() throws Exception {
    try (PluginServer served =
        PluginServer.start(provider("random"), "1M", "fast=true", "seed=3")) {
      byte[] disk = served.read(0, 1 << 20);
      Set<ByteBuffer> sectors = new HashSet<>();
      for (int at = 0; at < disk.length; at += 512) {
        sectors.add(ByteBuffer.wrap(disk, at, 512).slice());
      }
      assertThat(sectors).hasSize(2048);
      assertThat(Arrays.copyOf(disk, 6)).isEqualTo(Arrays.copyOfRange(disk, 512, 518));
      served.client().write(ByteBuffer.wrap(disk, 1000, 5000), 1000);
      assertFails(ErrorValue.EIO, () -> served.client().write(ByteBuffer.wrap(disk, 0, 512), 512));
    }
  }

  @Test
  void changesOfAFullDiskFailWithEnospc() throws Exception {
    try (PluginServer served = PluginServer.start(provider("full"), "1M")) {
      NbdClient client = served.client();
      assertThat(served.read(0, 1 << 20)).containsOnly(0);
      assertThat(served.extents(0, 1 << 20)).containsExactly("1048576:3");
      assertThat(served.extents(4096, 512)).as("all there is").containsExactly("1044480:3");
      assertFails(ErrorValue.ENOSPC, () -> client.write(ByteBuffer.allocate(1), 5));
      assertFails(ErrorValue.ENOSPC, () -> client.trim(0, 512, Flags.NONE));
      assertFails(ErrorValue.ENOSPC, () -> client.zero(0, 512, Flags.MAY_TRIM));
      assertFails(
          ErrorValue.ENOTSUP, () -> client.zero(0, 512, Flags.MAY_TRIM.with(Flags.FAST_ZERO)));
      client.cache(0, 512);
    }
  }

  @ParameterizedTest
  @CsvSource({"random,100k", "sparse-random,100k percent=100"}) // a sparse one may be all hole
  void sameSeedGivesTheSameDisk(String name, String disk) throws Exception {
    String[] unseeded = disk.split(" ");
    String[] same = (disk + " seed=5").split(" ");
    try (PluginServer one = PluginServer.start(provider(name), same);
        PluginServer again = PluginServer.start(provider(name), same);
        PluginServer other = PluginServer.start(provider(name), (disk + " seed=6").split(" "));
        PluginServer some = PluginServer.start(provider(name), unseeded);
        PluginServer any = PluginServer.start(provider(name), unseeded)) {
      byte[] contents = one.read(0, 100 << 10);
      assertThat(again.read(0, 100 << 10)).isEqualTo(contents);
      assertThat(other.read(0, 100 << 10)).isNotEqualTo(contents);
      assertThat(some.read(0, 100 << 10)).isNotEqualTo(any.read(0, 100 << 10));
    }
  }

  @Test
  void randomAcceptsOnlyMatchingWrites() throws Exception {
    try (PluginServer served = PluginServer.start(provider("random"), "1M")) {
      byte[] held = served.read(1003, 5000);
      served.client().write(ByteBuffer.wrap(held), 1003);
      assertFails(ErrorValue.EIO, () -> served.client().write(ByteBuffer.wrap(held), 1004));
      held[4999]++;
      assertFails(ErrorValue.EIO, () -> served.client().write(ByteBuffer.wrap(held), 1003));
      assertFails(ErrorValue.EIO, () -> served.client().zero(0, 10, Flags.MAY_TRIM));
      assertFails(ErrorValue.EIO, () -> served.client().trim(0, 10, Flags.NONE));
      assertThat(served.extents(0, 1 << 20)).containsExactly("1048576:0");
    }
  }

  @Test
  void sparseRandomAcceptsACopyOfItself() throws Exception {
    String[] words = {"4M", "percent=30", "runlength=64k", "seed=9"};
    try (PluginServer served = PluginServer.start(provider("sparse-random"), words)) {
      NbdClient client = served.client();
      List<String> runs = served.extents(0, 4 << 20);
      assertThat(runs.size()).isGreaterThan(10);
      long at = 0;
      for (String run : runs) {
        int length = Integer.parseInt(run.split(":")[0]);
        byte[] held = served.read(at, length);
        client.write(ByteBuffer.wrap(held), at);
        long start = at;
        if (run.endsWith(":0")) {
          assertThat(held).doesNotContain(0);
          assertThat(held[0]).isEqualTo(held[4095]);
          assertFails(ErrorValue.EIO, () -> client.zero(start, 1, Flags.MAY_TRIM));
          assertFails(
              ErrorValue.EIO, () -> client.write(ByteBuffer.allocate(3), start + length - 3));
        } else {
          assertThat(held).containsOnly(0);
          client.zero(start, length, Flags.MAY_TRIM.with(Flags.FUA));
          client.trim(start, length, Flags.NONE);
          assertFails(ErrorValue.EIO, () -> client.write(ByteBuffer.wrap(new byte[] {1}), start));
        }
        at += length;
      }
      assertThat(at).isEqualTo(4 << 20);
      client.flush();
    }
  }

  @Test
  void percentAndRunlengthShapeTheDisk() throws Exception {
    try (PluginServer none = PluginServer.start(provider("sparse-random"), "1M", "percent=0");
        PluginServer all = PluginServer.start(provider("sparse-random"), "1M", "percent=100%");
        PluginServer some =
            PluginServer.start(provider("sparse-random"), "8M", "runlength=4k", "seed=1")) {
      assertThat(none.extents(0, 1 << 20)).containsExactly("1048576:3");
      assertThat(none.read(0, 1 << 20)).containsOnly(0);
      assertThat(all.extents(0, 1 << 20)).containsExactly("1048576:0");
      assertThat(some.extents(0, 8 << 20).size()).isGreaterThan(200);
    }
  }

  @Test
  void randomContentMakesEveryByteRandom() throws Exception {
    String[] words = {"64k", "percent=100", "random-content=true", "seed=1"};
    try (PluginServer served = PluginServer.start(provider("sparse-random"), words)) {
      byte[] block = served.read(0, 4096);
      int[] seen = new int[256];
      for (byte b : block) {
        seen[b & 0xff]++;
      }
      for (int value = 0; value < 256; value++) {
        assertThat(seen[value]).as("bytes of value %d", value).isBetween(1, 50);
      }
      served.client().write(ByteBuffer.wrap(block), 0);
    }
  }
}
