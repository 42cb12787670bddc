package org.nbdcore.filter.spinning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.TestSession;

final class SpinningFilterTest {

  private static final int MB = 1 << 20;
  private static final long MS = 1_000_000L;
  private static final SpinningFilterProvider PROVIDER = new SpinningFilterProvider();

  private final ModelDisk disk = new ModelDisk(16 * MB);
  private final TestSession session = new TestSession();

  @Test
  void theDiskIsRotational() throws IOException {
    assertThat(open().capabilities().rotational()).isTrue();
  }

  @Test
  void seekTimeGrowsWithTheDistance() throws IOException {
    BlockDevice device = open();
    read(device, 0, 512);
    read(device, 1000, 512);
    assertThat(session.sleeps()).isEmpty();
    read(device, 8 * MB + 1512, 512); // half of the disk
    assertThat(session.sleeps()).containsExactly(200 * MS);
    read(device, 2024, 512); // half of it and a little, back
    assertThat(session.sleeps()).hasSize(2);
    assertThat(session.sleeps().get(1)).isBetween(200 * MS, 201 * MS);
    read(device, 16 * MB - 512, 512); // almost all of it
    assertThat(session.sleeps()).hasSize(3);
    assertThat(session.sleeps().get(2)).isBetween(499 * MS, 500 * MS);
    read(device, 15 * MB - 512, 512); // the next track
    assertThat(session.sleeps()).hasSize(4);
    assertThat(session.sleeps().get(3)).isBetween(10 * MS, 40 * MS);
  }

  @Test
  void seekTimesAreParameters() throws IOException {
    BlockDevice device =
        open("min-seek-time=100ms", "half-seek-time=600ms", "max-seek-time=1100ms");
    read(device, 8 * MB, 512);
    read(device, 0, 512);
    read(device, MB, 512);
    read(device, 16 * MB - 512, 512);
    assertThat(session.sleeps()).hasSize(4);
    assertThat(session.sleeps().get(0)).isEqualTo(600 * MS);
    assertThat(session.sleeps().get(1)).isBetween(600 * MS, 601 * MS);
    assertThat(session.sleeps().get(2)).isBetween(160 * MS, 164 * MS);
    assertThat(session.sleeps().get(3)).isBetween(1000 * MS, 1038 * MS);
  }

  @Test
  void everythingButExtentsAndFlushSeeks() throws IOException {
    BlockDevice device = open();
    Chains.write(device, 8 * MB, new byte[512], Flags.NONE);
    device.trim(0, 512, Flags.NONE);
    device.zero(8 * MB, 512, Flags.NONE);
    device.cache(0, 512);
    assertThat(session.sleeps()).hasSize(4);
    device.flush();
    Chains.extents(device, 8 * MB, 512, Flags.NONE);
    assertThat(session.sleeps()).hasSize(4);
    assertThat(BlockDevices.readZeroCopy(device, 8 * MB, 512, null)).isFalse();
  }

  @Test
  void severalHeadsOnOneArmMoveTogether() throws IOException {
    BlockDevice device = open("heads=4");
    read(device, 3 * MB, 512); // of 4 MB
    assertThat(session.sleeps()).hasSize(1);
    read(device, 7 * MB + 512, 512); // the next head is at the same position
    assertThat(session.sleeps()).hasSize(1);
    read(device, 8 * MB, 512);
    assertThat(session.sleeps()).hasSize(2);
  }

  @Test
  void separateHeadsMoveIndependently() throws IOException {
    BlockDevice device = open("heads=4", "separate-heads=true");
    read(device, 3 * MB, 512);
    assertThat(session.sleeps()).hasSize(1);
    read(device, 4 * MB, 512); // the next head is at its start
    read(device, 3 * MB + 512, 512);
    assertThat(session.sleeps()).hasSize(1);
    read(device, 7 * MB, 512);
    assertThat(session.sleeps()).hasSize(2);
  }

  @Test
  void connectionsShareTheArmAndExportsDoNot() throws IOException {
    Filter filter = Chains.filter(PROVIDER);
    BlockDevice one = filter.open(session.request(""), disk);
    BlockDevice two = filter.open(session.request(""), disk);
    BlockDevice other = filter.open(session.request("other"), disk);
    read(one, 8 * MB, 512);
    assertThat(session.sleeps()).hasSize(1);
    read(two, 8 * MB + 512, 512);
    assertThat(session.sleeps()).hasSize(1);
    read(other, 8 * MB, 512);
    assertThat(session.sleeps()).hasSize(2);
  }

  @Test
  void decreasingSeekTimesAreRefused() {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "half-seek-time=1"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "min-seek-time, half-seek-time and max-seek-time must not become less,"
                + " as 10, 1000 and 500 ms do");
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "heads=0"))
        .hasMessage("heads must be from 1 to 1000000, not 0");
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.filter(PROVIDER, pairs).open(session.request(""), disk);
  }
}
