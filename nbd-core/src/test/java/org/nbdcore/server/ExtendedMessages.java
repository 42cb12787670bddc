package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Requests and replies of the 64-bit extension, byte by byte, and servers and clients for them. */
final class ExtendedMessages {

  static final int SIZE = 1 << 20;
  private static final long COOKIE = 0x1122_3344_5566_7788L;
  static final int PAYLOAD = 1 << 5;

  private ExtendedMessages() {}

  static TestServer serve(BlockDevice device) throws Exception {
    return TestServer.serve(TestPlugin.of(device), options -> options.extendedHeaders = true);
  }

  static RawNbdClient negotiated(TestServer server) throws IOException {
    RawNbdClient client = server.negotiating();
    assertThat(client.negotiate(11, new byte[0]).get(0).type()).isEqualTo(OptionReply.ACK);
    return client;
  }

  static RawNbdClient connect(TestServer server) throws IOException {
    RawNbdClient client = negotiated(server);
    client.metaContext("", "base:allocation");
    client.go("");
    return client;
  }

  static Bytes request(int flags, int type, long offset, long length) {
    return new Bytes()
        .add(0x21e41c71, 4)
        .add(flags, 2)
        .add(type, 2)
        .add(COOKIE, 8)
        .add(offset, 8)
        .add(length, 8);
  }

  static Bytes reply(int type, long offset, long length) {
    return chunk(1, type, offset, length);
  }

  static Bytes chunk(int flags, int type, long offset, long length) {
    return new Bytes()
        .add(0x6e8a278c, 4)
        .add(flags, 2)
        .add(type, 2)
        .add(COOKIE, 8)
        .add(offset, 8)
        .add(length, 8);
  }

  static Bytes error(int error, String message, long offset) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    return reply(0x8001, offset, 6 + text.length).add(error, 4).add(text.length, 2).add(text);
  }

  static Bytes errorAt(int error, String message, long offset, long where) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    return reply(0x8002, offset, 14 + text.length)
        .add(error, 4)
        .add(text.length, 2)
        .add(text)
        .add(where, 8);
  }

  static void assertAnswer(RawNbdClient client, Bytes asked, Bytes expected) throws Exception {
    client.send(asked.array());
    assertThat(client.receive(expected.size())).isEqualTo(expected.array());
  }

  /** A disk of 2^44 bytes without memory, whose errors name the length of the request. */
  static BlockDevice huge() {
    return new FilterBlockDevice(new ModelDevice(SIZE)) {
      @Override
      public long size() {
        return 1L << 44;
      }

      @Override
      public void trim(long offset, long length, Flags flags) throws NbdException {
        throw new NbdException(NbdError.EIO, "trim " + length);
      }

      @Override
      public void zero(long offset, long length, Flags flags) throws NbdException {
        throw new NbdException(NbdError.EIO, "zero " + length);
      }

      @Override
      public void cache(long offset, long length) throws NbdException {
        throw new NbdException(NbdError.EIO, "cache " + length);
      }

      @Override
      public void extents(long offset, long length, Flags flags, ExtentSink sink) {
        sink.add(offset, 1L << 33, ExtentSink.HOLE | ExtentSink.ZERO);
        sink.add(offset + (1L << 33), length, ExtentSink.DATA);
      }
    };
  }
}
