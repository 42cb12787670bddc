package org.nbdcore.filter.luks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

@Tag("newest")
final class Luks2FilterTest {

  private final byte[] disk = new byte[160 * 1024];
  private ModelDisk below;

  Luks2FilterTest() {
    new Random(1).nextBytes(disk);
  }

  private BlockDevice open(byte[] file, String passphrase) throws IOException {
    below = new ModelDisk(file.length);
    System.arraycopy(file, 0, below.bytes, 0, file.length);
    return Chains.open(Chains.filter(new LuksFilterProvider(), "passphrase=" + passphrase), below);
  }

  private BlockDevice open(byte[] file) throws IOException {
    return open(file, Container2.PASSPHRASE);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void diskInTheContainerIsReadAndWritten(int sector) throws Exception {
    Container2 container = new Container2(sector);
    BlockDevice device = open(container.file(disk));
    assertThat(device.size()).isEqualTo(disk.length);
    assertThat(device.capabilities().blockSizes().minimum()).isEqualTo(sector);
    assertThat(read(device, 0, disk.length)).isEqualTo(disk);
    byte[] other = new byte[72 * 1024];
    new Random(2).nextBytes(other);
    Chains.write(device, 8192, other, Flags.NONE);
    System.arraycopy(other, 0, disk, 8192, other.length);
    assertThat(read(device, 0, disk.length)).isEqualTo(disk);
    assertThat(below.bytes).isEqualTo(container.file(disk));
  }

  @Test
  void aWrongPassphraseIsRefused() throws Exception {
    byte[] file = new Container2(512).file(disk);
    assertThatThrownBy(() -> open(file, "closed"))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM))
        .hasMessage("the passphrase opens none of the key slots of the LUKS container");
  }

  @Test
  void secondHeaderIsUsedIfTheFirstIsDamaged() throws Exception {
    byte[] file = new Container2(512).file(disk);
    file[5000] ^= 1;
    assertThat(read(open(file), 0, 512)).isEqualTo(Arrays.copyOf(disk, 512));
    file[Container2.COPY + 5000] ^= 1;
    assertThatThrownBy(() -> open(file))
        .hasMessage("the LUKS header is damaged: no copy of it has a right checksum");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "\"argon2id\"; \"scrypt\"; the key derivation of the LUKS container must be argon2id",
        "\"memory\":64; \"memory\":5000000; needs 1 passes over 5000000 KiB of memory, more than",
        "\"memory\":64; \"memory\":8; argon2id cannot run with time 1, memory 8 and cpus 2",
        "\"time\":1; \"time\":0; argon2id cannot run with time 0",
        "\"time\":1; \"time\":2000000; needs 2000000 passes over 64 KiB",
        "\"stripes\":5; \"stripes\":0; keyslots.1 has no key",
        "\"offset\":\"32768\"; \"offset\":\"99999999\"; keyslots.1 is not in it",
        "\"offset\":\"49152\"; \"offset\":\"99999999\"; the disk at 99999999 is not in it",
        "\"offset\":\"49152\"; \"offset\":49152; segments.0.offset must be a string",
        "\"sector_size\":512; \"sector_size\":1000; its sectors have 1000 bytes",
        "\"sector_size\":512; \"sector_size\":8192; segments.0.sector_size must be a number from 0"
            + " to",
        "\"iv_tweak\":\"9\",; NOTHING; segments.0.iv_tweak must be a string",
        "\"size\":\"dynamic\"; \"size\":\"-1\"; segments.0.size must be a number in a string",
        "\"type\":\"crypt\"; \"type\":\"linear\"; must have one encrypted segment",
        "\"segments\":{; \"segments\":{\"1\":{},; must have one encrypted segment, not 2",
        "\"iterations\":5; \"iterations\":100000001; digests.0.iterations must be a number from 0",
        "\"json_size\"; \"requirements\":{\"mandatory\":[\"opal\"]},\"json_size\"; requires [opal]",
        "\"tokens\":{}; \"tokens\":{; is expected at character",
        "\"encryption\":\"aes-xts-plain64\",\"sector; \"encryption\":\"null\",\"sector; not 'null'",
        "\"keyslots\":[\"1\",\"7\"]; \"keyslots\":[]; has no key slot that is in use",
      })
  void unsupportedOrDamagedHeaderIsRefused(String part, String changed, String message)
      throws Exception {
    Container2 container = new Container2(512);
    assertThat(container.json).contains(part);
    container.json = container.json.replace(part, changed.equals("NOTHING") ? "" : changed);
    byte[] file = container.file(disk);
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(NbdException.class)
        .hasMessageContaining(message);
  }

  @Test
  void argon2WithMoreMemoryThanTheHeapIsRefused() throws Exception {
    long heap = Runtime.getRuntime().maxMemory() >> 10;
    Argon2 argon2 = new Argon2(Argon2Parameters.ARGON2_id, new byte[16], 1, (int) heap, 1);
    assertThatThrownBy(() -> argon2.key(new byte[1], 32, Session.DETACHED))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOMEM))
        .hasMessageContaining("set NBD_CORE_JAVA_OPTS=-Xmx");
  }

  /** The test vector of RFC 9106 has a secret and data, so this one is of the reference tool. */
  @Test
  void keysAreThoseOfTheReferenceImplementation() throws Exception {
    byte[] key =
        new Argon2(
                Argon2Parameters.ARGON2_id,
                "somesalt".getBytes(StandardCharsets.US_ASCII),
                2,
                256,
                1)
            .key("password".getBytes(StandardCharsets.US_ASCII), 32, Session.DETACHED);
    assertThat(HexFormat.of().formatHex(key))
        .isEqualTo("9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
  }
}
