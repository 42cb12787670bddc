package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.protocol.Command.BLOCK_STATUS;
import static org.nbdcore.protocol.Command.CACHE;
import static org.nbdcore.protocol.Command.FLUSH;
import static org.nbdcore.protocol.Command.READ;
import static org.nbdcore.protocol.Command.TRIM;
import static org.nbdcore.protocol.Command.WRITE;
import static org.nbdcore.protocol.Command.WRITE_ZEROES;
import static org.nbdcore.protocol.CommandFlags.DF;
import static org.nbdcore.protocol.CommandFlags.FAST_ZERO;
import static org.nbdcore.protocol.CommandFlags.FUA;
import static org.nbdcore.protocol.CommandFlags.NO_HOLE;
import static org.nbdcore.protocol.CommandFlags.PAYLOAD_LEN;
import static org.nbdcore.protocol.CommandFlags.REQ_ONE;
import static org.nbdcore.protocol.ErrorValue.EINVAL;
import static org.nbdcore.protocol.ErrorValue.ENOSPC;
import static org.nbdcore.protocol.ErrorValue.EOVERFLOW;
import static org.nbdcore.protocol.ErrorValue.EPERM;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.protocol.Command;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.Chunk;

/**
 * Protocol, "Request types", "Command flags", "Error values" and "Size constraints": which requests
 * are refused, and with which error. After each refusal, the connection continues.
 */
final class RequestRulesTest {

  private static final int SIZE = 1 << 20;
  private static final int[] RANGED = {READ, WRITE, TRIM, CACHE, WRITE_ZEROES, BLOCK_STATUS};
  private static final int[] ALL = {READ, WRITE, FLUSH, TRIM, CACHE, WRITE_ZEROES, BLOCK_STATUS};

  /**
   * A connection with structured replies, where the reply to each request is one chunk or a simple
   * reply.
   */
  private static final class Requests implements AutoCloseable {
    private final TestServer server;
    private final RawNbdClient client;
    private final ModelDevice device;
    private long cookie;

    Requests(Capabilities capabilities, boolean readOnly) throws Exception {
      device = new ModelDevice(SIZE, capabilities);
      server = TestServer.serve(TestPlugin.of(device), options -> options.readOnly = readOnly);
      client = server.structured();
    }

    /** The error of a request, 0 if it succeeds. */
    int error(int flags, int command, long offset, long length) throws IOException {
      cookie++;
      if (command == WRITE && length <= 1 << 27) {
        client.request(flags, command, cookie, offset, new byte[(int) length]);
      } else {
        client.request(flags, command, cookie, offset, length);
      }
      return command == READ || command == BLOCK_STATUS ? chunkError() : anyError();
    }

    private int chunkError() throws IOException {
      Chunk chunk = client.chunk();
      assertThat(chunk.cookie()).isEqualTo(cookie);
      return errorOf(chunk);
    }

    private int anyError() throws IOException {
      Reply reply = Reply.read(client);
      assertThat(reply.cookie()).isEqualTo(cookie);
      return reply.error();
    }

    private static int errorOf(Chunk chunk) {
      return chunk.type() < 0x8000 ? 0 : chunk.buffer().getInt();
    }

    @Override
    public void close() throws IOException {
      int minimum = device.capabilities().blockSizes().minimum();
      assertThat(error(0, READ, 0, minimum)).as("the connection goes on").isZero();
      client.close();
      server.close();
      assertThat(device.violations()).isEmpty();
    }
  }

  private static Requests requests(Capabilities capabilities) throws Exception {
    return new Requests(capabilities, false);
  }

  @Test
  void requestsPastTheEndAreRefused() throws Exception {
    long[][] ranges = {
      {SIZE - 512, 513},
      {SIZE, 1},
      {SIZE + 1, 1},
      {0, SIZE + 1},
      {-1, 1},
      {Long.MIN_VALUE, 512},
      {Long.MAX_VALUE, 512},
      {-512, 512}
    };
    try (Requests disk = requests(ModelDevice.everything())) {
      for (long[] range : ranges) {
        for (int command : RANGED) {
          assertThat(disk.error(0, command, range[0], range[1]))
              .as("command %d at %d+%d", command, range[0], range[1])
              .isEqualTo(command == WRITE || command == WRITE_ZEROES ? ENOSPC : EINVAL);
        }
      }
      assertThat(disk.device.calls()).isEmpty();
    }
  }

  @Test
  void requestsUpToTheEndAreServed() throws Exception {
    try (Requests disk = requests(ModelDevice.everything())) {
      for (int command : RANGED) {
        assertThat(disk.error(0, command, SIZE - 1, 1)).as("command " + command).isZero();
        assertThat(disk.error(0, command, 0, SIZE)).as("command " + command).isZero();
      }
    }
  }

  @Test
  void requestsOfLengthZeroAreInvalid() throws Exception {
    try (Requests disk = requests(ModelDevice.everything())) {
      for (int command : RANGED) {
        assertThat(disk.error(0, command, 512, 0)).as("command " + command).isEqualTo(EINVAL);
      }
      assertThat(disk.device.calls()).isEmpty();
    }
  }

  @Test
  void unalignedRequestsAreInvalid() throws Exception {
    BlockSizes sizes = BlockSizes.of(512, 4096, BlockSizes.UNLIMITED);
    try (Requests disk = requests(ModelDevice.everything().withBlockSizes(sizes))) {
      for (int command : RANGED) {
        assertThat(disk.error(0, command, 1, 512)).as("command " + command).isEqualTo(EINVAL);
        assertThat(disk.error(0, command, 512, 511)).as("command " + command).isEqualTo(EINVAL);
        assertThat(disk.error(0, command, 512, 512)).as("command " + command).isZero();
      }
    }
  }

  @Test
  void aLenientDeviceSeesUnalignedRequestsItself() throws Exception {
    BlockSizes sizes = BlockSizes.of(512, 4096, 4096);
    Capabilities strict = ModelDevice.everything().withBlockSizes(sizes);
    ModelDevice device = new ModelDevice(SIZE, strict);
    BlockDevice lenient = CapabilityDevice.of(device, can -> can.withLenient(true));
    try (TestServer server = TestServer.serve(lenient);
        RawNbdClient client = server.simple()) {
      client.request(0, READ, 1, 1, 3);
      assertThat(client.simpleReply().error()).isNotZero(); // the model refuses it
      client.request(0, WRITE, 2, 0, new byte[8192]);
      assertThat(client.simpleReply().error()).isNotZero();
      assertThat(device.violations()).hasSize(2);
    }
  }

  @Test
  void onlyPayloadsOverTheMaximumBlockSizeAreRefused() throws Exception {
    BlockSizes sizes = BlockSizes.of(1, 4096, 8192);
    try (Requests disk = requests(ModelDevice.everything().withBlockSizes(sizes))) {
      for (int command : RANGED) {
        boolean payload = command == READ || command == WRITE;
        assertThat(disk.error(0, command, 0, 8193))
            .isEqualTo(command == READ ? EOVERFLOW : payload ? EINVAL : 0);
        assertThat(disk.error(0, command, 0, 8192)).isZero();
      }
      assertThat(disk.error(0, WRITE, 0, SIZE + 1)).isEqualTo(ENOSPC);
    }
  }

  @Test
  void aTooLongReadWithSimpleRepliesFailsWithEinval() throws Exception {
    BlockSizes sizes = BlockSizes.of(1, 4096, 8192);
    ModelDevice device = new ModelDevice(SIZE, ModelDevice.everything().withBlockSizes(sizes));
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      client.request(0, READ, 1, 0, 8193);
      assertThat(client.simpleReply().error()).isEqualTo(EINVAL);
    }
  }

  @Test
  void aMaximumThatCannotBeAdvertisedIsEnforced() throws Exception {
    BlockSizes sizes = BlockSizes.of(1, 4096, 100);
    try (Requests disk = requests(ModelDevice.everything().withBlockSizes(sizes))) {
      assertThat(disk.error(0, READ, 0, 100)).isZero();
      assertThat(disk.error(0, READ, 0, 101)).isEqualTo(EOVERFLOW);
    }
  }

  @Test
  void commandsThatAreNotOfferedAreInvalid() throws Exception {
    Capabilities little = Capabilities.readWrite().withZero(Support.NONE);
    try (Requests disk = requests(little)) {
      for (int command : new int[] {FLUSH, TRIM, CACHE, WRITE_ZEROES}) {
        assertThat(disk.error(0, command, 0, command == FLUSH ? 0 : 512)).isEqualTo(EINVAL);
      }
      assertThat(disk.device.calls()).isEmpty();
    }
  }

  @Test
  void unknownCommandsAreInvalid() throws Exception {
    try (Requests disk = requests(ModelDevice.everything())) {
      for (int command : new int[] {Command.RESIZE, 9, 0x7fff, 0xffff}) {
        assertThat(disk.error(0, command, 0, 512)).isEqualTo(EINVAL);
      }
    }
  }

  @Test
  void writingToAReadOnlyExportIsNotPermitted() throws Exception {
    try (Requests disk = new Requests(ModelDevice.everything(), true)) {
      for (int command : new int[] {WRITE, TRIM, WRITE_ZEROES}) {
        assertThat(disk.error(0, command, 0, 512)).isEqualTo(EPERM);
        assertThat(disk.error(0, command, SIZE, 512)).isEqualTo(EPERM);
      }
      assertThat(disk.error(0, WRITE, 0, 100_000)).isEqualTo(EPERM);
      assertThat(disk.device.calls()).isEmpty();
      assertThat(disk.error(0, FLUSH, 0, 0)).isZero();
    }
  }

  @Test
  void flagsAreInvalidWhereTheyHaveNoMeaning() throws Exception {
    int[] flags = {NO_HOLE, DF, REQ_ONE, FAST_ZERO, PAYLOAD_LEN, 1 << 6, 1 << 15};
    try (Requests disk = requests(ModelDevice.everything())) {
      for (int command : ALL) {
        for (int flag : flags) {
          boolean valid =
              switch (flag) {
                case DF -> command == READ;
                case NO_HOLE, FAST_ZERO -> command == WRITE_ZEROES;
                case REQ_ONE -> command == BLOCK_STATUS;
                default -> false;
              };
          assertThat(disk.error(flag, command, 0, command == FLUSH ? 0 : 512))
              .as("flag %d of command %d", flag, command)
              .isEqualTo(valid ? 0 : EINVAL);
        }
      }
    }
  }

  @Test
  void fuaIsValidForEveryCommandIfItIsOffered() throws Exception {
    try (Requests disk = requests(ModelDevice.everything())) {
      for (int command : ALL) {
        assertThat(disk.error(FUA, command, 0, command == FLUSH ? 0 : 512)).isZero();
      }
    }
    try (Requests disk = requests(ModelDevice.everything().withFua(Support.NONE))) {
      for (int command : ALL) {
        assertThat(disk.error(FUA, command, 0, command == FLUSH ? 0 : 512)).isEqualTo(EINVAL);
      }
    }
  }

  @Test
  void protocolFlagsAreTranslatedForTheDevice() throws Exception {
    Object[][] cases = {
      {FUA, WRITE, Flags.FUA},
      {0, WRITE, Flags.NONE},
      {FUA, TRIM, Flags.FUA},
      {0, WRITE_ZEROES, Flags.MAY_TRIM},
      {NO_HOLE | FUA, WRITE_ZEROES, Flags.FUA},
      {FAST_ZERO, WRITE_ZEROES, Flags.MAY_TRIM.with(Flags.FAST_ZERO)},
      {REQ_ONE, BLOCK_STATUS, Flags.REQ_ONE},
      {FUA, BLOCK_STATUS, Flags.NONE},
      {FUA, READ, Flags.NONE},
      {FUA, CACHE, Flags.NONE},
    };
    try (Requests disk = requests(ModelDevice.everything())) {
      for (Object[] one : cases) {
        disk.device.clearCalls();
        assertThat(disk.error((int) one[0], (int) one[1], 512, 512)).isZero();
        assertThat(disk.device.calls()).hasSize(1);
        assertThat(disk.device.calls().get(0).flags())
            .as("flags %d of command %d", one[0], one[1])
            .isSameAs(one[2]);
      }
      disk.error(0, WRITE, 0, 512);
      assertThat(disk.device.durable()).isFalse();
      disk.error(0, FLUSH, 0, 0);
      assertThat(disk.device.durable()).isTrue();
    }
  }

  @Test
  void fastZeroIsInvalidUnlessItIsOffered() throws Exception {
    try (Requests disk = requests(ModelDevice.everything().withFastZero(false))) {
      assertThat(disk.error(FAST_ZERO, WRITE_ZEROES, 0, 512)).isEqualTo(EINVAL);
    }
  }

  @Test
  void aFlushWithARangeIsInvalid() throws Exception {
    try (Requests disk = requests(ModelDevice.everything())) {
      assertThat(disk.error(0, FLUSH, 0, 512)).isEqualTo(EINVAL);
      assertThat(disk.error(0, FLUSH, 512, 0)).isEqualTo(EINVAL);
      assertThat(disk.error(0, FLUSH, 0, 0)).isZero();
    }
  }

  @Test
  void dontFragmentAndBlockStatusAreInvalidWithSimpleReplies() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(SIZE));
        RawNbdClient client = server.simple()) {
      client.request(DF, READ, 1, 0, 512);
      assertThat(client.simpleReply()).isEqualTo(new RawNbdClient.SimpleReply(EINVAL, 1));
      client.request(0, BLOCK_STATUS, 2, 0, 512);
      assertThat(client.simpleReply()).isEqualTo(new RawNbdClient.SimpleReply(EINVAL, 2));
    }
  }
}
