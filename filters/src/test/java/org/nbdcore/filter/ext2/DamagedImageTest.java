package org.nbdcore.filter.ext2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;

/** Images with random bytes in their metadata cause errors, never endless loops. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class DamagedImageTest {

  private static final List<String> PATHS =
      List.of("/disks/full", "/disks/sparse", "/disks/small", "/long", "/disks/sub/nothing");

  @ParameterizedTest
  @ValueSource(strings = {"ext2", "ext4", "ext4-old"})
  void randomMetadataIsReadOrRefused(String name) throws Exception {
    byte[] image = Images.image(name);
    ModelDisk disk = Images.disk(name);
    int failures = 0;
    for (int seed = 0; seed < 150; seed++) {
      System.arraycopy(image, 0, disk.bytes, 0, image.length);
      Random random = new Random(seed);
      if (name.equals("ext4")) {
        disk.bytes[1024 + 0x65] &= ~4; // metadata_csum would detect all damage
      }
      damage(disk.bytes, random);
      failures += use(disk, PATHS.get(seed % PATHS.size()), seed);
      assertThat(disk.breaches).as("seed %d", seed).isEmpty();
      assertThat(disk.open.get()).as("seed %d", seed).isZero();
    }
    assertThat(failures).isBetween(30, 150);
  }

  private static void damage(byte[] image, Random random) {
    int changes = 1 << random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      int area = random.nextInt(3);
      int at = area == 0 ? 1024 + random.nextInt(1400) : 2048 + random.nextInt(330 << 10);
      if (image[at] != 0 || area == 2) {
        image[at] = (byte) (random.nextBoolean() ? -1 : random.nextInt());
      }
    }
  }

  private static int use(ModelDisk disk, String path, int seed) {
    try (BlockDevice device = Chains.open(new Ext2FilterProvider(), disk, "ext2file=" + path)) {
      int length = (int) Math.min(device.size(), 300_000);
      if (length > 0) {
        Chains.read(device, 0, length);
        Chains.read(device, device.size() - 1, 1);
        Chains.write(device, 0, new byte[length], Flags.NONE);
        Chains.extents(device, 0, Math.min(device.size(), 0xffff_f000L), Flags.NONE);
      }
      return 0;
    } catch (IOException e) {
      return 1;
    } catch (RuntimeException | Error e) {
      return fail("seed " + seed + " with " + path, e);
    }
  }
}
