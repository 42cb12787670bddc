package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Option;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;

/** Whatever a device throws, the server ends at most that client's connection. */
@Timeout(60)
final class FailingDevicesTest {

  private static final int SIZE = 1 << 20;

  static Stream<Throwable> failures() {
    return Stream.of(
        new IOException("an exception"),
        new IllegalStateException("a bug"),
        new AssertionError("an error"),
        new StackOverflowError(),
        new OutOfMemoryError("as planned"),
        new NoClassDefFoundError("a/Missing"),
        new ThreadDeath());
  }

  @SuppressWarnings("unchecked") // a way to throw anything
  private static <T extends Throwable> void raise(Throwable failure) throws T {
    throw (T) failure;
  }

  /** Every data operation fails. */
  private static BlockDevice failing(Throwable failure) {
    return new FilterBlockDevice(new ModelDevice(SIZE)) {
      private void fail() {
        FailingDevicesTest.<RuntimeException>raise(failure);
      }

      @Override
      public void read(ByteBuffer dst, long offset) {
        fail();
      }

      @Override
      public void write(ByteBuffer src, long offset, Flags flags) {
        fail();
      }

      @Override
      public void flush() {
        fail();
      }

      @Override
      public void trim(long offset, long length, Flags flags) {
        fail();
      }

      @Override
      public void zero(long offset, long length, Flags flags) {
        fail();
      }

      @Override
      public void extents(long offset, long length, Flags flags, ExtentSink sink) {
        fail();
      }

      @Override
      public void cache(long offset, long length) {
        fail();
      }

      @Override
      public void close() {}
    };
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failedRequestsGetAnErrorReplyAndTheConnectionContinues(Throwable failure) throws Exception {
    int expected = failure instanceof OutOfMemoryError ? 12 : 5;
    try (TestServer server = TestServer.serve(failing(failure));
        RawNbdClient client = server.structured()) {
      for (int round = 0; round < 3; round++) {
        for (int command : new int[] {0, 1, 3, 4, 5, 6, 7}) {
          if (command == Command.WRITE) {
            client.request(0, command, command, 0, new byte[512]);
          } else {
            client.request(0, command, command, 0, command == Command.FLUSH ? 0 : 512);
          }
          Reply reply = Reply.read(client);
          assertThat(reply.error()).as("command " + command).isEqualTo(expected);
          assertThat(reply.cookie()).isEqualTo(command);
        }
        client.request(0, Command.READ, 9, 0, 200_000);
        assertThat(Reply.read(client).error()).isEqualTo(expected);
        client.request(0, Command.WRITE, 10, 0, new byte[200_000]);
        assertThat(Reply.read(client).error()).isEqualTo(expected);
      }
    } // the flush when it stops fails too
  }

  private static final String[] OPENING_CALLS = {"open", "size", "capabilities", "description"};

  private static BlockDevice openingFails(String call, Throwable failure) {
    if (call.equals("open")) {
      FailingDevicesTest.<RuntimeException>raise(failure);
    }
    return new FilterBlockDevice(new ModelDevice(SIZE)) {
      private void failAt(String current) {
        if (call.equals(current)) {
          FailingDevicesTest.<RuntimeException>raise(failure);
        }
      }

      @Override
      public long size() throws IOException {
        failAt("size");
        return next.size();
      }

      @Override
      public Capabilities capabilities() throws IOException {
        failAt("capabilities");
        return next.capabilities();
      }

      @Override
      public java.util.Optional<String> description() throws IOException {
        failAt("description");
        return next.description();
      }
    };
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureDuringOpenAffectsOnlyThatConnection(Throwable failure) throws Exception {
    for (String call : OPENING_CALLS) {
      TestPlugin plugin =
          new TestPlugin(
              request ->
                  request.exportName().equals("bad")
                      ? openingFails(call, failure)
                      : new ModelDevice(SIZE));
      try (TestServer server = TestServer.serve(plugin)) {
        try (RawNbdClient client = server.negotiating()) {
          client.option(Option.EXPORT_NAME, "bad".getBytes());
          assertThat(client.closedByServer()).isTrue();
        }
        try (RawNbdClient client = server.negotiating()) {
          client.option(Option.GO, OptionData.info("bad"));
          if (failure instanceof Exception || failure instanceof LinkageError) {
            String reason = failure instanceof LinkageError ? "Missing" : failure.getMessage();
            assertThat(client.optionReply().text()).contains(reason);
            assertThat(client.go("good").size()).isEqualTo(SIZE);
          } else {
            assertThat(client.closedByServer()).isTrue();
          }
        }
        server.simple().close();
        server.awaitNoConnection();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureDuringCloseLeavesNothingBehind(Throwable failure) throws Exception {
    TestPlugin plugin =
        new TestPlugin(
            request ->
                new FilterBlockDevice(new ModelDevice(SIZE)) {
                  @Override
                  public void close() {
                    FailingDevicesTest.<RuntimeException>raise(failure);
                  }
                });
    plugin.withModel(org.nbdcore.spi.ThreadModel.SERIALIZE_CONNECTIONS); // the next gets its turn
    try (TestServer server = TestServer.serve(plugin)) {
      for (int i = 0; i < 3; i++) {
        try (RawNbdClient client = server.simple()) {
          client.request(0, Command.DISC, 0, 0, 0);
          assertThat(client.closedByServer()).isTrue();
        }
      }
      try (RawNbdClient client = server.negotiating()) {
        client.negotiate(Option.INFO, OptionData.info(""));
      }
      server.simple().close();
    }
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aPluginThatFailsToStartIsClosed(Throwable failure) throws Exception {
    QuietLog.install();
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(SIZE))) {
          @Override
          public void start(StartContext context) {
            FailingDevicesTest.<RuntimeException>raise(failure);
          }
        };
    ServerOptions options = new Options().build();
    assertThatThrownBy(() -> NbdServer.start(TestServer.chain(plugin), options))
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isSameAs(failure),
            thrown -> assertThat(thrown).hasCause(failure));
    assertThat(plugin.closes).hasValue(1);
  }

  @Test
  void aNegativeSizeIsRefused() throws Exception {
    BlockDevice device =
        new FilterBlockDevice(new ModelDevice(SIZE)) {
          @Override
          public long size() {
            return -1;
          }
        };
    try (TestServer server = TestServer.serve(new TestPlugin(request -> device));
        RawNbdClient client = server.negotiating()) {
      assertThat(client.negotiate(Option.GO, OptionData.info("")).get(0).text()).contains("-1");
    }
  }

  @Test
  void anIncompleteReadIsAnErrorWithoutData() throws Exception {
    BlockDevice device =
        new FilterBlockDevice(new ModelDevice(SIZE)) {
          @Override
          public void read(ByteBuffer dst, long offset) {
            dst.position(dst.limit() - 1);
          }
        };
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.structured()) {
      for (int length : new int[] {512, 200_000}) {
        client.request(0, Command.READ, 1, 0, length);
        Reply reply = Reply.read(client);
        assertThat(reply.error()).isEqualTo(5);
        assertThat(new String(reply.payload())).contains("did not fill the buffer of a read");
      }
    }
  }

  /** Behind the limit are bytes of other clients. */
  @Test
  void aReadThatMovesTheLimitIsAnErrorWithoutData() throws Exception {
    BlockDevice device =
        new FilterBlockDevice(new ModelDevice(SIZE)) {
          @Override
          public void read(ByteBuffer dst, long offset) {
            if (offset == 0) {
              dst.limit(dst.position());
            } else {
              dst.limit(dst.limit() - 1).position(dst.limit());
            }
          }
        };
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.structured()) {
      for (int offset : new int[] {0, 512}) {
        for (int length : new int[] {512, 200_000}) {
          client.request(0, Command.READ, 1, offset, length);
          Reply reply = Reply.read(client);
          assertThat(reply.error()).isEqualTo(5);
          assertThat(new String(reply.payload())).contains("changed the limit");
        }
      }
    }
  }

  /** Answers zero-copy reads as the test says, and other reads with sevens. */
  private interface ZeroCopyRead {
    boolean readZeroCopy(long length, BufferList buffers);
  }

  private static BlockDevice zeroCopyDevice(ZeroCopyRead zeroCopyRead) {
    return new PassThroughDevice(new ModelDevice(SIZE)) {
      @Override
      public boolean readZeroCopy(long offset, long length, BufferList buffers) {
        return zeroCopyRead.readZeroCopy(length, buffers);
      }

      @Override
      public void read(ByteBuffer dst, long offset) {
        while (dst.hasRemaining()) {
          dst.put((byte) 7);
        }
      }
    };
  }

  @Test
  void bytesOfADeclinedZeroCopyReadAreIgnored() throws Exception {
    BlockDevice device =
        zeroCopyDevice(
            (length, buffers) -> {
              buffers.addZeroes(length);
              return false;
            });
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.structured()) {
      client.request(0, Command.READ, 1, 0, 200_000);
      Reply reply = Reply.read(client);
      assertThat(reply.error()).isZero();
      assertThat(reply.payload()).endsWith(new byte[] {7, 7, 7, 7});
    }
  }

  @Test
  void aZeroCopyReadOfTooMuchOrTooLittleIsAnError() throws Exception {
    ZeroCopyRead tooMuch =
        (length, buffers) -> {
          buffers.addZeroes(1L << 60);
          return true;
        };
    ZeroCopyRead tooLittle =
        (length, buffers) -> {
          buffers.add(ByteBuffer.allocateDirect((int) length - 1));
          return true;
        };
    for (ZeroCopyRead zeroCopyRead : List.of(tooMuch, tooLittle)) {
      try (TestServer server = TestServer.serve(zeroCopyDevice(zeroCopyRead));
          RawNbdClient client = server.structured()) {
        // only once: a worker may execute the next read, and copies the bytes
        client.request(0, Command.READ, 1, 0, 200_000);
        assertThat(Reply.read(client).error()).isEqualTo(5);
        client.request(0, Command.FLUSH, 2, 0, 0);
        assertThat(Reply.read(client).error()).isZero();
      }
    }
  }

  @Test
  void fileSystemExceptionsMapToNbdErrors() throws Exception {
    Object[][] cases = {
      {new NoSuchFileException("/vm/a"), 5, "/vm/a: no such file"},
      {new AccessDeniedException("/vm/a"), 1, "/vm/a: permission denied"},
      {new FileSystemException("/vm/a", null, "No space"), 5, "/vm/a: No space"},
      {new IOException("No space left on device"), 28, "No space left on device"},
      {new FileSystemException("/o", null, "Disk quota exceeded"), 28, "/o: Disk quota exceeded"},
      {new IOException("overlay", new IOException("File too large")), 28, "overlay"},
      {new IOException("Invalid argument"), 5, "Invalid argument"},
      {new IOException(" \n"), 5, "IOException"},
    };
    for (Object[] one : cases) {
      try (TestServer server = TestServer.serve(failing((Throwable) one[0]));
          RawNbdClient client = server.structured()) {
        client.request(0, Command.READ, 1, 0, 512);
        Reply reply = Reply.read(client);
        assertThat(reply.error()).isEqualTo(one[1]);
        assertThat(new String(reply.payload(), 6, reply.payload().length - 6)).isEqualTo(one[2]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"planted", "read of 512 bytes at 0: planted"})
  void theLogNamesAFailedRequestOnce(String message) throws Exception {
    try (TestServer server = TestServer.serve(failing(new NbdException(NbdError.EIO, message)));
        RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, 1, 0, 512);
      assertThat(client.simpleReply().error()).isEqualTo(NbdError.EIO.wireValue());
      assertThat(server.log.lines()).contains("read of 512 bytes at 0: planted");
    }
  }
}
