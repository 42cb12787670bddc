package org.nbdcore.filter.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.extents;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.HugeDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.TestSession;

/** Requests as large as the largest disk, which must not be executed block by block. */
@Timeout(20)
final class CacheLargeTest {

  private static final long EXBIBYTE = 1L << 60;

  private final HugeDisk disk = new HugeDisk(EXBIBYTE);
  private final TestSession session = new TestSession();
  private Filter filter;

  @AfterEach
  void close() throws Exception {
    filter.close();
  }

  @Test
  void hugeRequestsVisitOnlyCachedBlocks() throws IOException {
    BlockDevice device = open();
    write(device, 1L << 59, bytes(7, 65536), Flags.NONE);
    write(device, 1L << 40, bytes(7, 65536), Flags.NONE);
    assertThat(extents(device, 0, EXBIBYTE, Flags.NONE)).isEqualTo("0+1152921504606846976=0");
    device.zero(0, 1L << 50, Flags.NONE);
    assertThat(read(device, 1L << 40, 10)).as("read from below").containsOnly(1);
    assertThat(read(device, 1L << 59, 10)).containsOnly(7);
    device.trim(100, EXBIBYTE - 100, Flags.NONE);
    assertThat(read(device, 1L << 59, 10)).as("read from below").containsOnly(1);
    assertThat(disk.ranges.get()).isEqualTo(2);
  }

  @Test
  void cacheRequestEndsWhenTheClientDisconnects() throws IOException {
    BlockDevice device = open();
    disk.before = offset -> session.disconnectClient();
    assertThatThrownBy(() -> device.cache(0, 8L << 40))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ESHUTDOWN));
    assertThat(disk.reads.get()).isEqualTo(1);
  }

  @Test
  void cacheRequestReadsNoMoreThanTheCacheHolds() throws IOException {
    BlockDevice device = open("cache-max-size=1M");
    device.cache(0, EXBIBYTE);
    assertThat(disk.reads.get()).isBetween(1L, 16L);
  }

  private BlockDevice open(String... pairs) throws IOException {
    filter = Chains.filter(new CacheFilterProvider(), pairs);
    return filter.open(session.request(""), disk);
  }
}
