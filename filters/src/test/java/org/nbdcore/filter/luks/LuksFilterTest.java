package org.nbdcore.filter.luks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

@Tag("newest")
final class LuksFilterTest {

  private final byte[] disk = new byte[150 * 1024];
  private ModelDisk below;

  LuksFilterTest() {
    new Random(1).nextBytes(disk);
  }

  @AfterEach
  void assertNoBreaches() {
    if (below != null) {
      assertThat(below.breaches).isEmpty();
    }
  }

  private static Container aesContainer() throws IOException {
    return new Container("aes", "xts-plain64", "sha256", 32);
  }

  private static ModelDisk holding(byte[] file) {
    ModelDisk below = new ModelDisk(file.length);
    System.arraycopy(file, 0, below.bytes, 0, file.length);
    return below;
  }

  private static Filter filter() {
    return Chains.filter(new LuksFilterProvider(), "passphrase=" + Container.PASSPHRASE);
  }

  private BlockDevice open(byte[] file) throws IOException {
    below = holding(file);
    return Chains.open(filter(), below);
  }

  @ParameterizedTest
  @CsvSource({
    "aes, xts-plain64, sha256, 64",
    "aes, xts-plain, sha1, 48",
    "aes, cbc-essiv:sha256, sha512, 16",
    "aes, cbc-plain, ripemd160, 32",
    "aes, ecb, sha224, 24",
    "serpent, xts-plain64, sha384, 64",
    "serpent, cbc-plain64, whirlpool, 16",
    "twofish, xts-plain64, sha256, 32",
    "cast5, cbc-plain64, sha1, 16",
  })
  void diskInTheContainerIsReadAndWritten(String cipher, String mode, String hash, int key)
      throws Exception {
    Container container = new Container(cipher, mode, hash, key);
    BlockDevice device = open(container.file(disk));
    assertThat(device.size()).isEqualTo(disk.length);
    assertThat(read(device, 0, disk.length)).isEqualTo(disk);
    assertThat(read(device, 66_048, 1024)).isEqualTo(Arrays.copyOfRange(disk, 66_048, 67_072));
    byte[] other = new byte[70 * 1024];
    new Random(2).nextBytes(other);
    Chains.write(device, 5120, other, Flags.NONE);
    System.arraycopy(other, 0, disk, 5120, other.length);
    assertThat(read(device, 0, disk.length)).isEqualTo(disk);
    assertThat(below.bytes).isEqualTo(container.file(disk));
  }

  /** Vector 4 of IEEE 1619, whose data unit is one sector: its first and its last bytes. */
  @Test
  void sectorIsEncryptedAsInTheXtsStandard() throws Exception {
    byte[] key =
        HexFormat.of().parseHex("2718281828459045235360287471352631415926535897932384626433832795");
    byte[] sector = new byte[512];
    for (int i = 0; i < sector.length; i++) {
      sector[i] = (byte) i;
    }
    SectorCipher.of("aes", "xts-plain64", key).crypt(true, sector, 512, 0);
    String encrypted = HexFormat.of().formatHex(sector);
    assertThat(encrypted)
        .startsWith("27a7479befa1d476489f308cd4cfa6e2a96e4bbe3208ff25287dd3819616e89c")
        .endsWith("0a282df920147beabe421ee5319d0568");
  }

  @Test
  void zeroIsEmulatedAndExtentsAreNotOffered() throws Exception {
    Capabilities offered = open(aesContainer().file(disk)).capabilities();
    assertThat(offered.zero()).isEqualTo(Support.EMULATE);
    assertThat(offered.fastZero()).isFalse();
    assertThat(offered.trim()).isFalse();
    assertThat(offered.extents()).isFalse();
    assertThat(offered.fua()).isEqualTo(Support.NATIVE);
    assertThat(offered.blockSizes().minimum()).isEqualTo(512);
  }

  @Test
  void blockSizesOfTheLayerBelowAreRespected() throws Exception {
    below = holding(aesContainer().file(disk)).withBlockSizes(4096, 4096, 12_288);
    BlockDevice device = Chains.open(filter(), below);
    assertThat(device.capabilities().blockSizes().minimum()).isEqualTo(4096);
    Chains.write(device, 4096, Arrays.copyOf(disk, 12_288), Flags.NONE);
    assertThat(read(device, 8192, 8192)).isEqualTo(Arrays.copyOfRange(disk, 4096, 12_288));
    below.withBlockSizes(16_384, 16_384, 65_536);
    assertThatThrownBy(() -> Chains.open(filter(), below))
        .hasMessageContaining("minimum block size of the layer below (16384)");
  }

  @Test
  void keyIsDerivedOnceForEachHeader() throws Exception {
    Filter filter = filter();
    below = holding(aesContainer().file(disk));
    Chains.open(filter, below).close();
    int first = below.drainCalls().size();
    BlockDevice second = Chains.open(filter, below);
    assertThat(below.drainCalls()).hasSize(1).hasSizeLessThan(first);
    second.close();
    byte[] replacement = new Container("aes", "cbc-plain", "sha1", 16).file(disk);
    System.arraycopy(replacement, 0, below.bytes, 0, replacement.length);
    assertThat(read(Chains.open(filter, below), 0, 5120)).isEqualTo(Arrays.copyOf(disk, 5120));
    filter.close();
  }

  @Test
  void aWrongPassphraseIsRefused() throws Exception {
    below = holding(aesContainer().file(disk));
    Filter wrong = Chains.filter(new LuksFilterProvider(), "passphrase=closed");
    assertThatThrownBy(() -> Chains.open(wrong, below))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM))
        .hasMessage("the passphrase opens none of the key slots of the LUKS container");
    assertThat(below.open).hasValue(0);
    Filter other = Chains.filter(new LuksFilterProvider(), "passphrase=another");
    assertThat(Chains.open(other, below).size()).isEqualTo(disk.length);
  }

  @Test
  void aPassphraseIsNeeded() {
    assertThatThrownBy(() -> Chains.configure(new LuksFilterProvider()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("passphrase");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0; 0; not a LUKS container: it does not start with the LUKS signature",
        "4; -1161953277; the LUKS container must have version 1 or 2, not 3",
        "8; 1684370688; the cipher of the LUKS container must be aes, serpent, twofish or cast5",
        "40; 1684370688; the mode of the LUKS container must be ecb, or cbc or xts",
        "44; 1684370688; the mode of the LUKS container must be ecb, or cbc or xts",
        "72; 1684370688; the hash of the LUKS container must be sha1",
        "104; 0; the LUKS header is apart from its disk",
        "104; 99999; the LUKS header is damaged: the disk at 51199488 is not in it",
        "104; 1; the LUKS header is damaged: the disk at 512 is not in it",
        "108; 0; the LUKS header is damaged: its key has 0 bytes",
        "108; -1; the LUKS header is damaged: its key has -1 bytes",
        "108; 31; the mode of the LUKS container must be ecb",
        "108; 30; the LUKS header is damaged: a key of 15 bytes does not fit aes",
        "164; 0; the LUKS header is damaged: the master key has 0 iterations",
        "164; -1; the key slots of the LUKS container need ",
        "260; 0; the LUKS header is damaged: key slot 1 has 0 iterations",
        "260; 100000001; the key slots of the LUKS container need 1000",
        "296; 0; the LUKS header is damaged: key slot 1 at 0 is not in it",
        "296; 99999; the LUKS header is damaged: key slot 1 at 51199488 is not in it",
        "300; 0; the LUKS header is damaged: key slot 1 has 0 stripes",
        "300; -1; the LUKS header is damaged: key slot 1 has 4294967295 stripes",
      })
  void unsupportedOrDamagedHeaderIsRefused(int at, int value, String message) throws Exception {
    Container container = aesContainer();
    container.header.putInt(at, value);
    byte[] file = container.file(disk);
    assertThatThrownBy(() -> open(file)).hasMessageStartingWith(message);
    assertThat(below.open).hasValue(0);
  }

  @Test
  void truncatedContainerOrOneWithoutAKeyIsRefused() throws Exception {
    byte[] file = aesContainer().file(disk);
    assertThatThrownBy(() -> open(Arrays.copyOf(file, 591)))
        .hasMessage("not a LUKS container: the disk has only 591 bytes");
    assertThatThrownBy(() -> open(Arrays.copyOf(file, 592)))
        .hasMessageStartingWith("the LUKS header is damaged: the disk at 8192 is not in it");
    Container closed = aesContainer();
    for (int i = 0; i < KeySlot.COUNT; i++) {
      closed.header.putInt(Container.SLOT + i * 48, 0xdead);
    }
    byte[] none = closed.file(disk);
    assertThatThrownBy(() -> open(none))
        .hasMessageStartingWith("the LUKS container has no key slot that is in use");
    assertThat(open(Arrays.copyOf(file, 8192 + 700)).size()).isEqualTo(512);
  }

  @Test
  void failureBelowIsForwardedAndTheWorkerReleased() throws Exception {
    BlockDevice device = open(aesContainer().file(disk));
    below.hook =
        (operation, offset, length, flags) -> {
          throw new IOException("planted");
        };
    assertThatThrownBy(() -> read(device, 0, 512)).hasMessage("planted");
    assertThatThrownBy(() -> Chains.write(device, 0, new byte[512], Flags.NONE))
        .hasMessage("planted");
    below.hook = (operation, offset, length, flags) -> {};
    assertThat(read(device, 512, 512)).isEqualTo(Arrays.copyOfRange(disk, 512, 1024));
  }
}
