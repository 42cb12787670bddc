package org.nbdcore.nfc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Messages compared byte for byte with those that clients in the field send. */
class MessagesTest {

  private static final long HANDLE = 0x1234;

  private static String encoded(NfcOperation operation, int id) {
    operation.id = id;
    ByteBuffer out = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer data = operation.encode(out, HANDLE);
    String digits = Hex.digits(out.flip());
    return data == null ? digits : digits + Hex.digits(data);
  }

  private static String digits(String text) {
    return text.replace(" ", "");
  }

  @Test
  void classicMessagesAreEncoded() {
    assertThat(Hex.digits(ClassicFrame.handshake()))
        .startsWith(digits("2b000000 506c6169 6e546578 74000000"))
        .hasSize(528);
    String data = Hex.digits(ClassicFrame.connectionData());
    assertThat(data)
        .startsWith(digits("36000000 04000000 07000000 00"))
        .endsWith("7664646b6e62646d6f6465");
    assertThat(data).hasSize(2 * (264 + 11));
    assertThat(Hex.digits(ClassicFrame.of(ClassicFrame.FEATURES, 3)))
        .startsWith(digits("37000000 03000000 00"));
  }

  @Test
  void sessionMessagesAreEncoded() {
    assertThat(encoded(ControlOperation.of(AioType.OPEN_SESSION, new byte[0], 0, 65_536, 1, 0), 0))
        .isEqualTo(
            digits("7ada00a1 02000000 10000000 00000000 00000000 00000100 01000000 00000000"));
    assertThat(encoded(ControlOperation.of(AioType.SET_SOCKET_OPTIONS, new byte[0]), 1))
        .isEqualTo(digits("7ada00a1 09000000 0c000000 01000000") + "00".repeat(12));
    assertThat(encoded(ControlOperation.of(AioType.SET_RESOURCE_POOL, new byte[0], 1), 2))
        .isEqualTo(digits("7ada00a1 16000000 04000000 02000000 01000000"));
    assertThat(encoded(ControlOperation.onFile(AioType.CLOSE_FILE), 8))
        .isEqualTo(digits("7ada00a1 05000000 08000000 08000000 34120000 00000000"));
    assertThat(encoded(ControlOperation.of(AioType.CLOSE_SESSION, new byte[0]), 9))
        .isEqualTo(digits("7ada00a1 03000000 04000000 09000000 00000000"));
  }

  @Test
  void readRequestsAreEncoded() {
    NfcCompletion nothing = failure -> {};
    assertThat(
            encoded(
                new ReadOperation(ByteBuffer.allocate(512), 512, NfcCompression.NONE, nothing), 4))
        .isEqualTo(
            digits(
                "7ada00a1 07000000 2c000000 04000000 34120000 00000000 01000000 00000000 00020000"
                    + " 0000000000020000 00000000 00020000 00020000 00000000"));
    assertThat(
            encoded(
                new ReadOperation(ByteBuffer.allocate(512), 0, NfcCompression.FASTLZ, nothing), 5))
        .isEqualTo(
            digits(
                "7ada00a1 07000000 2c000000 05000000 34120000 00000000 01000000 02000000 00000000"
                    + " 0000000000020000 00000000 00020000 00020000 00000000"));
  }

  @Test
  void writeRequestsAreEncoded() {
    WriteOperation write =
        new WriteOperation(ByteBuffer.allocate(129 * 512), 0, 65_536, failure -> {});
    assertThat(encoded(write, 14))
        .isEqualTo(
            digits(
                    "7ada00a1 07000000 2c000000 0e000000 34120000 00000000 00000000 00000000"
                        + " 00000000 0000000000020100 00000000 00000100 00000100 00000000")
                + "00".repeat(65_536));
    assertThat(write.more()).isTrue();
    assertThat(encoded(write, 14))
        .isEqualTo(
            digits(
                    "7ada00a1 07000000 2c000000 0e000000 34120000 00000000 00000000 00000000"
                        + " 00000000 0000000000020100 00000100 00020000 00020000 00000000")
                + "00".repeat(512));
    assertThat(write.more()).isFalse();
  }

  @Test
  void bitmapsCountFromTheLowestBit() {
    assertThat(BitSet.valueOf(Hex.bytes("0f03")).toString()).isEqualTo("{0, 1, 2, 3, 8, 9}");
  }

  @Test
  void transportSelectsTheProxyService() {
    assertThat(NfcTransport.NBD.proxy("vpxa-nfc")).isEqualTo("vpxa-nfc");
    assertThat(NfcTransport.NBDSSL.proxy("vpxa-nfc")).isEqualTo("vpxa-nfcssl");
    assertThat(NfcTransport.NBDSSL.proxy("nfcssl")).isEqualTo("nfcssl");
  }
}
