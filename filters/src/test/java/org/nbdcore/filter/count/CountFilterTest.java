package org.nbdcore.filter.count;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.CapturedLog;

final class CountFilterTest {

  @Test
  void totalsOfAllConnectionsAreLoggedOnClose() throws Exception {
    ModelDisk disk = new ModelDisk(65536);
    Filter filter = Chains.filter(new CountFilterProvider());
    try (CapturedLog log = CapturedLog.start()) {
      BlockDevice one = Chains.open(filter, disk);
      BlockDevice two = Chains.open(filter, disk);
      read(one, 0, 1000);
      read(two, 0, 24);
      write(one, 0, bytes(1, 200), Flags.NONE);
      one.zero(0, 30, Flags.NONE);
      two.trim(0, 4, Flags.NONE);
      disk.hook =
          (operation, offset, length, flags) -> {
            throw new java.io.IOException("planted");
          };
      assertThatThrownBy(() -> read(one, 0, 7)).hasMessage("planted");
      filter.close();
      assertThat(log.withNames())
          .containsExactly("count: count bytes: read 1024, written 200, zeroed 30, trimmed 4");
    }
  }
}
