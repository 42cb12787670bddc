package org.nbdcore.filter.cacheextents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.extents;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;

final class CacheextentsFilterTest {

  private final ModelDisk disk = new ModelDisk(65536);
  private final Filter filter = Chains.filter(new CacheextentsFilterProvider());

  @Test
  void consecutiveExtentsRequestsReachTheDiskOnce() throws IOException {
    disk.allocate(4096, 8192, true);
    BlockDevice device = Chains.open(filter, disk);
    assertThat(extents(device, 0, 65536, Flags.REQ_ONE)).startsWith("0+4096=3");
    assertThat(extents(device, 4096, 61440, Flags.REQ_ONE)).startsWith("4096+4096=0");
    assertThat(extents(device, 8192, 1000, Flags.NONE)).isEqualTo("8192+1000=3");
    assertThat(disk.drainCalls()).containsExactly("extents 0+65536");
  }

  /** The disk below reports its only extent up to the end. */
  @Test
  void extentsBeyondTheRangeAreCachedAndReported() throws IOException {
    ModelDevice below = new ModelDevice(65536);
    BlockDevice device = Chains.open(filter, Backends.of(below));
    for (int at : new int[] {0, 4096}) {
      Extents extents = new Extents(at, 512, 8).acceptUntil(65536);
      device.extents(at, 512, Flags.NONE, extents);
      assertThat(extents.position()).isEqualTo(65536);
    }
    assertThat(below.calls(Operation.EXTENTS)).hasSize(1);
  }

  @Test
  void cachedExtentsAreKeptForTheNextConnection() throws IOException {
    disk.allocate(4096, 8192, true);
    BlockDevice first = Chains.open(filter, disk);
    extents(first, 0, 65536, Flags.NONE);
    first.close();
    BlockDevice second = Chains.open(filter, disk);
    assertThat(extents(second, 4096, 61440, Flags.REQ_ONE)).startsWith("4096+4096=0");
    assertThat(disk.drainCalls()).containsExactly("extents 0+65536");
    second.close();
    BlockDevice alias = filter.open(OpenRequest.detached("alias", false), disk);
    write(alias, 0, bytes(1, 4096), Flags.NONE);
    assertThat(extents(Chains.open(filter, disk), 0, 8192, Flags.NONE)).isEqualTo("0+8192=0");
  }

  @Test
  void changesOnAnyConnectionInvalidateTheCachedExtents() throws IOException {
    BlockDevice device = Chains.open(filter, disk);
    BlockDevice other = filter.open(OpenRequest.detached("alias", false), disk);
    assertThat(extents(device, 0, 65536, Flags.NONE)).isEqualTo("0+65536=3");
    write(other, 0, bytes(1, 4096), Flags.NONE);
    assertThat(extents(device, 0, 65536, Flags.NONE)).isEqualTo("0+4096=0 4096+61440=3");
    other.zero(0, 4096, Flags.MAY_TRIM);
    assertThat(extents(device, 0, 65536, Flags.NONE)).isEqualTo("0+65536=3");
    write(device, 0, bytes(1, 4096), Flags.NONE);
    assertThat(extents(device, 0, 65536, Flags.NONE)).isEqualTo("0+4096=0 4096+61440=3");
    other.trim(0, 4096, Flags.NONE);
    assertThat(extents(device, 0, 65536, Flags.NONE)).isEqualTo("0+65536=3");
  }

  @Test
  void extentsOvertakenByAWriteAreNotCached() throws IOException {
    BlockDevice device = Chains.open(filter, disk);
    BlockDevice other = Chains.open(filter, disk);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("extents")) {
            disk.hook = (o, a, b, c) -> {};
            write(other, 0, bytes(1, 4096), Flags.NONE);
          }
        };
    extents(device, 0, 65536, Flags.NONE);
    extents(device, 0, 65536, Flags.NONE);
    assertThat(disk.drainCalls()).filteredOn(call -> call.startsWith("extents")).hasSize(2);
  }
}
