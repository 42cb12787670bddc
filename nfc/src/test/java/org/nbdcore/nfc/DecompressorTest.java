package org.nbdcore.nfc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecompressorTest {

  private final Decompressor decompressor = new Decompressor();

  @AfterEach
  void close() {
    decompressor.close();
  }

  private byte[] decompressed(NfcCompression compression, ByteBuffer packed, int length)
      throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(length);
    decompressor.decompress(compression, packed, dst);
    assertThat(dst.hasRemaining()).isFalse();
    return dst.array();
  }

  private byte[] fastLz(String packed, int length) throws IOException {
    return decompressed(NfcCompression.FASTLZ, Hex.bytes(packed), length);
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void fastLzLevel1And2AreDecompressed() throws IOException {
    assertThat(fastLz("0041e01600", 32)).isEqualTo(filled(32, 0x41));
    assertThat(fastLz("02616263e00c02", 24)).asString().isEqualTo("abc".repeat(8));
    assertThat(fastLz("2042e0ff2300", 300)).isEqualTo(filled(300, 0x42));
    assertThat(fastLz("0055e0ff00e0ee00", 512)).isEqualTo(filled(512, 0x55));
    assertThat(fastLz("2000e0" + "ff".repeat(256) + "f600", 65_536)).isEqualTo(new byte[65_536]);
  }

  @Test
  void farMatchOfFastLzLevel2IsDecompressed() throws IOException {
    byte[] start = new byte[9000];
    new Random(5).nextBytes(start);
    ByteBuffer packed = ByteBuffer.allocate(20_000);
    for (int at = 0; at < start.length; at += 32) {
      int run = Math.min(32, start.length - at);
      packed.put((byte) (at == 0 ? 0x20 | run - 1 : run - 1)).put(start, at, run);
    }
    packed.put(Hex.bytes("9fff0328")).flip();
    byte[] all = decompressed(NfcCompression.FASTLZ, packed, 9006);
    assertThat(Arrays.copyOfRange(all, 9000, 9006)).isEqualTo(Arrays.copyOf(start, 6));
  }

  @Test
  void skipZIsDecompressed() throws IOException {
    byte[] expected = new byte[512];
    System.arraycopy("abc".getBytes(), 0, expected, 137, 3);
    Arrays.fill(expected, 500, 512, (byte) 0x5a);
    String packed =
        "00020000 00000000 89000000 03000000 616263 f4010000 0c000000" + "5a".repeat(12);
    assertThat(decompressed(NfcCompression.SKIPZ, Hex.bytes(packed), 512)).isEqualTo(expected);
    assertThat(decompressed(NfcCompression.SKIPZ, Hex.bytes("00020000 00000000"), 512))
        .isEqualTo(new byte[512]);
  }

  @Test
  void zlibDataMustHaveTheLengthOfTheFragment() throws IOException {
    byte[] data = filled(4096, 7);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(data);
    }
    ByteBuffer packed = ByteBuffer.wrap(out.toByteArray());
    assertThat(decompressed(NfcCompression.ZLIB, packed.duplicate(), 4096)).isEqualTo(data);
    assertRefused(NfcCompression.ZLIB, packed.duplicate(), 4095);
    assertRefused(NfcCompression.ZLIB, packed.duplicate(), 4097);
    packed.put(packed.limit() - 1, (byte) ~packed.get(packed.limit() - 1));
    assertRefused(NfcCompression.ZLIB, packed, 4096);
  }

  @Test
  void damagedBlocksAreRefused() {
    assertRefused(NfcCompression.FASTLZ, Hex.bytes(""), 32);
    assertRefused(NfcCompression.FASTLZ, Hex.bytes("6041e01600"), 32); // level 4
    assertRefused(NfcCompression.FASTLZ, Hex.bytes("0041e01600"), 31); // too long
    assertRefused(NfcCompression.FASTLZ, Hex.bytes("0041e01600"), 33); // too short
    assertRefused(NfcCompression.FASTLZ, Hex.bytes("0041e01601"), 32); // before the beginning
    assertRefused(NfcCompression.FASTLZ, Hex.bytes("0541"), 6); // cut off
    assertRefused(NfcCompression.SKIPZ, Hex.bytes("000200"), 512);
    assertRefused(NfcCompression.SKIPZ, Hex.bytes("00030000 00000000"), 512);
    assertRefused(NfcCompression.SKIPZ, Hex.bytes("00020000 00000000 ff010000 02000000 6162"), 512);
    assertRefused(NfcCompression.SKIPZ, Hex.bytes("00020000 00000000 00000000 ffffffff 6162"), 512);
    assertRefused(
        NfcCompression.SKIPZ,
        Hex.bytes("00020000 00000000 02000000 01000000 61 01000000 01000000 61"),
        512);
  }

  private void assertRefused(NfcCompression compression, ByteBuffer packed, int length) {
    assertThatThrownBy(() -> decompressed(compression, packed, length))
        .isInstanceOf(NfcProtocolException.class);
  }

  @Test
  void randomBytesCauseOnlyProtocolExceptions() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      ByteBuffer packed = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer dst = ByteBuffer.allocate(random.nextInt(256));
      NfcCompression compression = NfcCompression.values()[1 + random.nextInt(3)];
      try {
        decompressor.decompress(compression, packed, dst);
        assertThat(dst.hasRemaining()).isFalse();
      } catch (NfcProtocolException e) {
        // as expected
      } catch (Exception | Error e) {
        throw new AssertionError("seed " + seed + ", round " + round + ", " + compression, e);
      }
    }
  }
}
