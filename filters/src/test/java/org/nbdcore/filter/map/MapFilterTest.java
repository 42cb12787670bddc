package org.nbdcore.filter.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

final class MapFilterTest {

  private final ModelDisk disk = new ModelDisk(4096).fill(1);

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new MapFilterProvider(), disk, pairs);
  }

  @Test
  void theFirstRuleThatContainsAnOffsetApplies() throws IOException {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      String[] pairs = new String[random.nextInt(6)];
      int[] wanted = new int[4096];
      java.util.Arrays.setAll(wanted, i -> i);
      boolean[] ruled = new boolean[4096];
      for (int i = 0; i < pairs.length; i++) {
        int length = 1 + random.nextInt(2000);
        int start = random.nextInt(4096 - length);
        int destination = random.nextInt(4096 - length);
        pairs[i] = "map=" + start + "-" + (start + length - 1) + ":" + destination;
        for (int at = start; at < start + length; at++) {
          wanted[at] = ruled[at] ? wanted[at] : destination + at - start;
          ruled[at] = true;
        }
      }
      byte[] expected = new byte[4096];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = disk.bytes[wanted[i]];
      }
      assertThat(read(open(pairs), 0, 4096)).as("%s", (Object) pairs).isEqualTo(expected);
    }
  }

  @Test
  void requestsMappedBeyondTheLayerBelowFail() throws IOException {
    BlockDevice device = open("map=0-511:512", "map=512-1023:3585", "map-size=8k");
    assertThat(device.size()).isEqualTo(8192);
    read(device, 0, 512);
    assertThatThrownBy(() -> read(device, 1000, 24))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EIO))
        .hasMessage("offset 1000 is mapped to 4073, but the layer below ends at 4096");
    assertThatThrownBy(() -> device.trim(4095, 2, Flags.NONE)).hasMessageContaining("4096");
    assertThatThrownBy(() -> device.zero(0, 8192, Flags.NONE)).isInstanceOf(NbdException.class);
    assertThat(open("map-size=1k").size()).isEqualTo(1024);
  }

  @Test
  void rulesMustBeAlignedToTheBlocksOfTheLayerBelow() throws IOException {
    disk.withBlockSizes(512, 4096, 65_536);
    open("map=0-511:512", "map=512-1023:0");
    for (String pair : new String[] {"map=0-510:512", "map=0-511:500", "map=1-512:513"}) {
      assertThatThrownBy(() -> open(pair))
          .as(pair)
          .hasMessageContaining("minimum block size of the layer below (512)");
    }
    assertThat(disk.open).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0-511, 'map must be START-END:DEST, not ''0-511'''",
    "511-0:5, 'map must not end before it starts, unlike ''511-0:5'''",
    "0-x:5, 'one must be a size'",
    "-511:5, 'map must be START-END:DEST'",
    "0-9223372036854775807:0, must end below 8E",
    "0-1:9223372036854775806, must end below 8E",
  })
  void invalidRulesAreRefused(String rule, String message) {
    assertThatThrownBy(() -> Chains.configure(new MapFilterProvider(), "map=" + rule))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
