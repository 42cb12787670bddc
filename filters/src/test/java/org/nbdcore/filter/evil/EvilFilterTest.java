package org.nbdcore.filter.evil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.helpers.BlockDevices;

final class EvilFilterTest {

  private static final int SIZE = 1 << 20;
  private static final EvilFilterProvider PROVIDER = new EvilFilterProvider();

  private final ModelDisk disk = new ModelDisk(SIZE).fill(1);

  @Test
  void fewBitsAreStuckByDefault() throws IOException {
    // 8.4 million bits: with probability 1e-8, about five of these disks have a stuck bit
    int wrong = 0;
    for (int seed = 0; seed < 60; seed++) {
      wrong += differences(read(open("evil-seed=" + seed), 0, SIZE), 0);
    }
    assertThat(wrong).isBetween(1, 15);
    assertThat(differences(read(open("evil=stuck-wires", "evil-seed=3"), 0, SIZE), 0))
        .isBetween(1, 14); // 1e-6, and half of the stuck bits are right
  }

  @Test
  void stuckBitsHaveFixedOffsetsOnTheDisk() throws IOException {
    BlockDevice device = open("evil-probability=1e-4", "evil-seed=1");
    byte[] full = read(device, 0, SIZE);
    assertThat(differences(full, 0)).isBetween(300, 550); // about 839 stuck, half of them wrong
    assertThat(read(device, 0, SIZE)).isEqualTo(full);
    byte[] part = read(device, 5000, 100_000);
    assertThat(part).isEqualTo(java.util.Arrays.copyOfRange(full, 5000, 105_000));
    assertThat(disk.bytes[77]).isEqualTo(ModelDisk.at(1, 77));
  }

  @Test
  void stuckWiresHaveFixedOffsetsInTheReply() throws IOException {
    java.util.Arrays.fill(disk.bytes, (byte) 0);
    BlockDevice device = open("evil=stuck-wires", "evil-probability=1:1000", "evil-seed=1");
    byte[] first = read(device, 0, 65536);
    assertThat(read(device, 333_333, 65536)).isEqualTo(first);
    assertThat(first).contains(1);
  }

  @Test
  void cosmicRaysFlipOtherBitsInEachRead() throws IOException {
    BlockDevice device = open("evil=cosmic-rays", "evil-probability=0.01%", "evil-seed=1");
    byte[] first = read(device, 0, SIZE);
    assertThat(differences(first, 0)).isBetween(700, 980); // 839 expected
    assertThat(read(device, 0, SIZE)).isNotEqualTo(first);
  }

  @Test
  void sameSeedCausesTheSameErrors() throws IOException {
    String[] pairs = {"evil=cosmic-rays", "evil-probability=1e-4", "evil-seed=42"};
    byte[] first = read(open(pairs), 0, SIZE);
    assertThat(read(open(pairs), 0, SIZE)).isEqualTo(first);
    pairs[2] = "evil-seed=43";
    assertThat(read(open(pairs), 0, SIZE)).isNotEqualTo(first);
    String[] withoutSeed = {"evil=cosmic-rays", "evil-probability=1e-4"};
    assertThat(read(open(withoutSeed), 0, SIZE)).isNotEqualTo(read(open(withoutSeed), 0, SIZE));
  }

  @Test
  void stuckProbabilityShowsStuckBitsSometimes() throws IOException {
    String[] always = {"evil-probability=1e-3", "evil-seed=1"};
    int stuck = differences(read(open(always), 0, SIZE), 0);
    BlockDevice device = open("evil-probability=1e-3", "evil-seed=1", "evil-stuck-probability=25%");
    int shown = differences(read(device, 0, SIZE), 0);
    assertThat(shown).isBetween(stuck / 5, stuck * 3 / 10);
    assertThat(read(device, 0, SIZE)).isNotEqualTo(read(device, 0, SIZE));
    assertThat(
            differences(read(open(always[0], always[1], "evil-stuck-probability=0"), 0, SIZE), 0))
        .isZero();
  }

  @Test
  void extremeProbabilitiesMeanAlwaysOrNever() throws IOException {
    byte[] flipped = read(open("evil=cosmic-rays", "evil-probability=0.2"), 0, 4096);
    for (int i = 0; i < 4096; i++) {
      assertThat(flipped[i]).isEqualTo((byte) ~ModelDisk.at(1, i));
    }
    assertThat(differences(read(open("evil-probability=1e-13"), 0, SIZE), 0)).isZero();
  }

  @Test
  void holesAreNotCorrupted() throws IOException {
    java.util.Arrays.fill(disk.bytes, 0, 65536, (byte) 0);
    disk.allocate(1024, 65536, false);
    BlockDevice device = open("evil=cosmic-rays", "evil-probability=1");
    byte[] read = read(device, 0, 66_000);
    for (int i = 0; i < 66_000; i++) {
      assertThat(read[i]).isEqualTo(i < 1024 || i >= 65536 ? (byte) ~disk.bytes[i] : 0);
    }
    disk.with(ModelDisk.ALL.withExtents(false));
    assertThat(read(open("evil=cosmic-rays", "evil-probability=1"), 2048, 512)).containsOnly(-1);
  }

  @Test
  void zeroCopyReadsAreDeclinedAndParametersAreChecked() throws IOException {
    assertThat(BlockDevices.readZeroCopy(open(), 0, 512, null)).isFalse();
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "evil=bad"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("evil must be one of cosmic-rays, stuck-bits, stuck-wires, not 'bad'");
  }

  private static int differences(byte[] read, int offset) {
    int bits = 0;
    for (int i = 0; i < read.length; i++) {
      bits += Integer.bitCount((read[i] ^ ModelDisk.at(1, offset + i)) & 0xff);
    }
    return bits;
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(PROVIDER, disk, pairs);
  }
}
