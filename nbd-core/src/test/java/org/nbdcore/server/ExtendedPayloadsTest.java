package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.server.ExtendedMessages.PAYLOAD;
import static org.nbdcore.server.ExtendedMessages.SIZE;
import static org.nbdcore.server.ExtendedMessages.assertAnswer;
import static org.nbdcore.server.ExtendedMessages.connect;
import static org.nbdcore.server.ExtendedMessages.error;
import static org.nbdcore.server.ExtendedMessages.errorAt;
import static org.nbdcore.server.ExtendedMessages.huge;
import static org.nbdcore.server.ExtendedMessages.reply;
import static org.nbdcore.server.ExtendedMessages.request;
import static org.nbdcore.server.ExtendedMessages.serve;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** The payloads of requests with extended headers. */
final class ExtendedPayloadsTest {

  @ParameterizedTest
  @ValueSource(longs = {(1L << 26) + 1, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void anAbsurdPayloadEndsTheConnection(long length) throws Exception {
    try (TestServer server = serve(huge())) {
      for (int flags : new int[] {PAYLOAD, 0}) {
        try (RawNbdClient client = connect(server)) {
          client.send(request(flags, Command.WRITE, 0, length).array());
          assertThat(client.closedByServer()).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 512, 4096, 131_041, 300_000})
  void writesAreAcceptedWithAndWithoutThePayloadFlag(int length) throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    byte[] data = new byte[length];
    new Random(length).nextBytes(data);
    try (TestServer server = serve(device)) {
      for (int client = 0; client < 2; client++) {
        try (RawNbdClient connection = connect(server)) {
          for (int flags : new int[] {PAYLOAD, 0, 0, PAYLOAD, CommandFlags.FUA}) {
            data[0]++;
            assertAnswer(
                connection,
                request(flags, Command.WRITE, 4096, length).add(data),
                reply(0, 4096, 0));
            assertThat(Arrays.copyOfRange(device.contents(), 4096, 4096 + length)).isEqualTo(data);
          }
          assertAnswer(connection, request(0, Command.FLUSH, 0, 0), reply(0, 0, 0));
        }
      }
      assertThat(server.log.lines()).as("warnings of what every QEMU does").isEmpty();
    }
  }

  @Test
  void theDataOfARefusedWriteWithoutThePayloadFlagIsSkipped() throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    try (TestServer server = serve(device);
        RawNbdClient client = connect(server)) {
      for (int length : new int[] {512, 300_000}) {
        assertAnswer(
            client,
            request(0, Command.WRITE, SIZE, length).add(new byte[length]),
            errorAt(
                28,
                "the range 1048576+" + length + " goes past the end of the disk at 1048576",
                SIZE,
                SIZE));
      }
      assertAnswer(client, request(0, Command.WRITE, 0, 0), error(22, "the length is 0", 0));
      assertAnswer(client, request(0, Command.FLUSH, 0, 0), reply(0, 0, 0));
    }
  }

  @Test
  void unexpectedPayloadsAreRefusedAndSkipped() throws Exception {
    try (TestServer server = serve(new ModelDevice(SIZE));
        RawNbdClient client = connect(server)) {
      for (int command : new int[] {0, 3, 4, 5, 6, 99}) {
        assertAnswer(
            client,
            request(PAYLOAD, command, 0, 300_000).add(new byte[300_000]),
            error(
                22,
                command == 99
                    ? "there is no request type 99"
                    : "request type " + command + " takes no payload",
                0));
      }
      for (int length : new int[] {0, 8, 11, 13, 16, 200_000}) {
        assertAnswer(
            client,
            request(PAYLOAD, Command.BLOCK_STATUS, 0, length).add(new byte[length]),
            error(
                22,
                "the payload of a block status request must be a length and the IDs of contexts,"
                    + " 12 to 12 bytes, not "
                    + length,
                0));
      }
      assertAnswer(
          client,
          request(PAYLOAD, Command.BLOCK_STATUS, 0, 12).add(512, 8).add(2, 4),
          error(22, "no meta context has the number 2", 0));
      assertAnswer(client, request(0, Command.FLUSH, 0, 0), reply(0, 0, 0));
    }
  }
}
