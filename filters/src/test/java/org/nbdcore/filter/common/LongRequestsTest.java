package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nbdcore.filter.blocksize.BlocksizeFilterProvider;
import org.nbdcore.filter.cache.CacheFilterProvider;
import org.nbdcore.filter.checkwrite.CheckwriteFilterProvider;
import org.nbdcore.filter.cow.CowFilterProvider;
import org.nbdcore.filter.nozero.NozeroFilterProvider;
import org.nbdcore.filter.protect.ProtectFilterProvider;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.TestSession;

/** Requests that a filter executes in many steps: it stops when the client disconnects. */
@Timeout(20)
final class LongRequestsTest {

  private static final long SIZE = 1L << 60;

  private interface Request {
    void of(BlockDevice device) throws IOException;
  }

  static Stream<Arguments> requests() {
    Request zero = device -> device.zero(0, SIZE, Flags.NONE);
    Request trim = device -> device.trim(0, SIZE, Flags.NONE);
    Request cache = device -> device.cache(0, SIZE);
    FilterProvider blocksize = new BlocksizeFilterProvider();
    return Stream.of(
        Arguments.of("zero", zero, blocksize, "maxlen=1M"),
        Arguments.of("trim", trim, blocksize, "maxlen=1M"),
        Arguments.of("cache", cache, blocksize, "maxlen=1M"),
        Arguments.of(
            "zero", zero, new NozeroFilterProvider(), "zero-mode=emulate fast-zero-mode=ignore"),
        Arguments.of("cache", cache, new CacheFilterProvider(), "cache=unsafe"),
        Arguments.of("cache", cache, new CowFilterProvider(), "cow-on-cache=true"),
        Arguments.of("zero", zero, new CheckwriteFilterProvider(), ""),
        Arguments.of("trim", trim, new CheckwriteFilterProvider(), ""),
        Arguments.of("zero", zero, new ProtectFilterProvider(), "protect=0-"));
  }

  @ParameterizedTest(name = "{0} over {2} {3}")
  @MethodSource("requests")
  void longRequestStopsWhenTheClientDisconnects(
      String operation, Request request, FilterProvider provider, String settings)
      throws Exception {
    HugeDisk disk = new HugeDisk(SIZE);
    disk.capabilities = ModelDisk.ALL.withFastZero(!operation.equals("zero"));
    if (provider instanceof CheckwriteFilterProvider || provider instanceof ProtectFilterProvider) {
      disk.capabilities = Capabilities.readWrite().withZero(ModelDisk.ALL.zero());
      disk.zeroes = true;
    }
    TestSession session = new TestSession();
    String[] pairs = settings.isEmpty() ? new String[0] : settings.split(" ");
    try (Filter filter = Chains.filter(provider, pairs);
        BlockDevice device = filter.open(session.request(""), disk)) {
      disk.before = offset -> session.disconnectClient();
      assertThatThrownBy(() -> request.of(device))
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ESHUTDOWN));
      assertThat(disk.reads.get() + disk.writes.get() + disk.ranges.get()).isEqualTo(1);
    }
  }
}
