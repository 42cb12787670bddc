package org.nbdcore.filter.cow;

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
final class CowLargeTest {

  private static final long EXBIBYTE = 1L << 60;

  private Filter filter;

  @AfterEach
  void close() throws Exception {
    filter.close();
  }

  @Test
  void hugeZeroesAndTrimsAreStoredAsRanges() throws IOException {
    BlockDevice device = open(EXBIBYTE);
    write(device, 1L << 59, bytes(7, 4096), Flags.NONE);
    device.zero(1000, EXBIBYTE - 5000, Flags.NONE);
    assertThat(extents(device, 0, EXBIBYTE, Flags.NONE))
        .isEqualTo("0+65536=0 65536+1152921504606715904=3 " + (EXBIBYTE - 65536) + "+65536=0");
    assertThat(read(device, 1L << 59, 4096)).containsOnly(0);
    write(device, (1L << 58) + 5, bytes(9, 10), Flags.NONE);
    assertThat(read(device, 1L << 58, 5)).containsOnly(0);
    assertThat(read(device, (1L << 58) + 5, 10)).containsOnly(9);
    device.trim(0, EXBIBYTE, Flags.NONE);
    assertThat(extents(device, 0, EXBIBYTE, Flags.NONE)).isEqualTo("0+1152921504606846976=3");
    assertThat(read(device, EXBIBYTE - 100, 100)).containsOnly(0);
  }

  @Test
  void lastBytesOfTheLargestDiskAreWritable() throws IOException {
    long size = Long.MAX_VALUE;
    BlockDevice device = open(size);
    write(device, size - 3, bytes(8, 3), Flags.NONE);
    assertThat(read(device, size - 5, 5)).containsExactly(1, 1, 8, 8, 8);
    device.trim(1L << 40, size - (1L << 40), Flags.NONE);
    assertThat(read(device, size - 5, 5)).containsOnly(0);
    assertThat(extents(device, 1L << 39, size - (1L << 39), Flags.NONE))
        .isEqualTo("549755813888+549755813888=0 1099511627776+9223370937343148031=3");
    device.trim(size - 1, 1, Flags.NONE);
    device.zero(0, size, Flags.NONE);
    assertThat(read(device, 0, 5)).containsOnly(0);
  }

  @Test
  void cacheRequestEndsWhenTheClientDisconnects() throws IOException {
    HugeDisk disk = new HugeDisk(EXBIBYTE);
    TestSession session = new TestSession();
    filter = Chains.filter(new CowFilterProvider(), "cow-on-cache=true");
    BlockDevice device = filter.open(session.request(""), disk);
    disk.before = offset -> session.disconnectClient();
    assertThatThrownBy(() -> device.cache(0, EXBIBYTE))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ESHUTDOWN));
    assertThat(disk.reads.get()).isEqualTo(1);
  }

  private BlockDevice open(long size) throws IOException {
    filter = Chains.filter(new CowFilterProvider());
    return filter.open(new TestSession().request(""), new HugeDisk(size));
  }
}
