package org.nbdcore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nbdcore.client.fake.Bytes;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.HandshakeFlags;
import org.nbdcore.protocol.Info;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Export;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NbdHandshakeTest {

  private static final ConnectOptions OPTIONS = ConnectOptions.defaults();

  @Test
  void oneConnectionListsQueriesAndOpensExports() throws Exception {
    MemoryExport export = new MemoryExport(4096);
    export.name = "räksmörgås";
    export.description = "two\nlines";
    export.blockSizes = new int[] {1, 4096, -1};
    try (ScriptedServer server = new ScriptedServer(export);
        NbdHandshake handshake = NbdHandshake.open(server.uri(), OPTIONS)) {
      assertThat(handshake.list())
          .containsExactly(Export.of("räksmörgås").withDescription("two\nlines"));
      assertThat(handshake.metaContexts("räksmörgås")).containsExactly("base:allocation");
      ExportInfo info = handshake.info("räksmörgås");
      assertThat(info.size()).isEqualTo(4096);
      assertThat(info.description()).isEqualTo("two\nlines");
      assertThat(info.blockSizes()).isEqualTo(BlockSizes.of(1, 4096, BlockSizes.UNLIMITED));
      assertThat(info.canFastZero()).isTrue();
      assertThat(info.isReadOnly()).isFalse();
      assertThatThrownBy(() -> handshake.go("other"))
          .hasMessage(
              "option GO for export \"other\": the server has no such export (ERR_UNKNOWN): try"
                  + " \"räksmörgås\"");
      try (NbdClient client = handshake.go("räksmörgås")) {
        assertThat(client.export().metaContexts()).containsExactly("base:allocation");
        client.read(ByteBuffer.allocate(4096), 0);
        assertThatThrownBy(handshake::list).isInstanceOf(IllegalStateException.class);
        assertOver(handshake);
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  /** A second client would send options among the requests of the first one. */
  private static void assertOver(NbdHandshake handshake) {
    assertThatThrownBy(() -> handshake.go("x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the handshake is over: an export was selected; open another connection");
  }

  @ParameterizedTest
  @MethodSource("oldServers")
  void exportsOfServersWithoutGoAreOpenedByExportName(int handshakeFlags, String protocol)
      throws Exception {
    MemoryExport export = new MemoryExport(4096);
    export.handshakeFlags = handshakeFlags;
    export.go = false;
    export.structured = false;
    export.name = "x";
    export.disk[17] = 1;
    try (ScriptedServer server = new ScriptedServer(export)) {
      try (NbdHandshake handshake = NbdHandshake.open(server.uri(), OPTIONS);
          NbdClient client = handshake.go("x")) {
        assertOver(handshake);
        assertThat(client.protocol()).isEqualTo(protocol);
        assertThat(client.size()).isEqualTo(4096);
        assertThat(client.export().canDf()).isFalse();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        client.read(buffer, 0);
        assertThat(buffer.array()).isEqualTo(export.disk);
      }
      assertThatThrownBy(() -> NbdClient.connect(server.uri()))
          .hasMessageContaining("option EXPORT_NAME for export \"\"")
          .hasMessageContaining("the server closed the connection");
    }
  }

  static Stream<Arguments> oldServers() {
    int fixed = HandshakeFlags.FIXED_NEWSTYLE;
    return Stream.of(
        Arguments.of(0, "newstyle"),
        Arguments.of(HandshakeFlags.NO_ZEROES, "newstyle"),
        Arguments.of(fixed, "newstyle-fixed"),
        Arguments.of(fixed | HandshakeFlags.NO_ZEROES, "newstyle-fixed"));
  }

  @Test
  void oldstyleServersCanBeUsed() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.out.writeLong(Magic.NBDMAGIC);
          peer.out.writeLong(Magic.CLISERV);
          peer.out.writeLong(1000);
          peer.out.writeInt(3);
          peer.out.write(new byte[124]);
          peer.out.flush();
          peer.simple(peer.readRequest().cookie(), 0, new byte[] {1, 2, 3});
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdHandshake handshake = NbdHandshake.open(server.uri(), OPTIONS)) {
      assertThat(handshake.protocol()).isEqualTo("oldstyle");
      assertThat(handshake.info("").size()).isEqualTo(1000);
      assertThatThrownBy(handshake::list).hasMessageContaining("it speaks only oldstyle NBD");
      try (NbdClient client = handshake.go("")) {
        assertOver(handshake);
        assertThat(client.export().isReadOnly()).isTrue();
        ByteBuffer buffer = ByteBuffer.allocate(3);
        client.read(buffer, 10);
        assertThat(buffer.array()).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void unixDomainSocketsWork(@TempDir Path folder) throws Exception {
    MemoryExport export = new MemoryExport(4096);
    Path socket = folder.resolve("a socket");
    try (ServerSocketChannel listener =
        ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      Thread thread = new Thread(() -> serveUnix(listener, export));
      thread.start();
      try (NbdClient client = NbdClient.connect(NbdUri.unix(socket.toString()))) {
        client.write(ByteBuffer.wrap(new byte[] {5}), 99);
      }
      thread.join();
      assertThat(export.disk[99]).isEqualTo((byte) 5);
    }
  }

  private static void serveUnix(ServerSocketChannel listener, MemoryExport export) {
    try (SocketChannel channel = listener.accept()) {
      export.serve(new Peer(Channels.newInputStream(channel), Channels.newOutputStream(channel)));
    } catch (Exception e) {
      // the client reports the failure
    }
  }

  @Test
  void connectTimesOutIfTheServerIsSilent() throws Exception {
    ScriptedServer.Script script = peer -> assertThat(peer.in.read()).isEqualTo(-1);
    try (ScriptedServer server = new ScriptedServer(script)) {
      assertThatThrownBy(
              () ->
                  NbdHandshake.open(
                      server.uri(), OPTIONS.withConnectTimeout(Duration.ofMillis(100))))
          .hasMessageContaining("no answer within 100 ms")
          .hasMessageContaining(server.uri().toString());
    }
  }

  @Test
  void aServerOfAnotherProtocolIsReported() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.out.write("SSH-2.0-OpenSSH_9.2p1 Debian\r\n".getBytes());
          peer.out.flush();
          peer.in.read();
        };
    try (ScriptedServer server = new ScriptedServer(script)) {
      assertThatThrownBy(() -> NbdClient.connect(server.uri()))
          .hasMessage(server.uri() + ": this is not an NBD server");
    }
  }

  @Test
  void serversThatCannotBeReachedAreNamed(@TempDir Path folder) throws Exception {
    NbdUri nowhere = NbdUri.unix(folder.resolve("none").toString());
    assertThatThrownBy(() -> NbdClient.connect(nowhere))
        .hasMessageContaining("cannot connect to " + nowhere + ": No such file");
    int port;
    try (var unused = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }
    InetSocketAddress closed = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    assertThatThrownBy(() -> NbdClient.connect(closed, OPTIONS))
        .hasMessageContaining("cannot connect to localhost/127.0.0.1:" + port)
        .hasMessageContaining("refused");
    assertThatThrownBy(() -> NbdClient.connect(NbdUri.parse("nbd+unix:///?socket=%00x")))
        .hasMessageContaining("cannot use abstract sockets");
  }

  private interface Answer {
    void answer(Peer peer) throws IOException;
  }

  static Stream<Arguments> brokenHandshakes() {
    return Stream.of(
        Arguments.of("magic", "wrong magic number", (Answer) peer -> peer.out.write(new byte[20])),
        Arguments.of("option", "belongs to another option", (Answer) peer -> peer.ack(Option.LIST)),
        Arguments.of(
            "length",
            "its reply has 4294967295 bytes",
            (Answer)
                peer -> {
                  peer.out.writeLong(Magic.OPTION_REPLY);
                  peer.out.writeInt(Option.GO);
                  peer.out.writeInt(OptionReply.INFO);
                  peer.out.writeInt(-1);
                }),
        Arguments.of(
            "no size", "did not send the export's size", (Answer) peer -> peer.ack(Option.GO)),
        Arguments.of(
            "type",
            "unexpected reply SERVER",
            (Answer) peer -> peer.reply(Option.GO, OptionReply.SERVER, new byte[8])),
        Arguments.of(
            "short",
            "its reply INFO is too short",
            (Answer)
                peer ->
                    peer.reply(
                        Option.GO, OptionReply.INFO, new Bytes().u16(Info.EXPORT).u32(1).get())),
        Arguments.of(
            "block sizes",
            "block sizes 3, 4096, 4096 make no sense",
            (Answer)
                peer ->
                    peer.reply(
                        Option.GO,
                        OptionReply.INFO,
                        new Bytes().u16(Info.BLOCK_SIZE).u32(3).u32(4096).u32(4096).get())),
        Arguments.of(
            "size",
            "an export of 18446744073709551615 bytes is too large",
            (Answer) peer -> peer.infoExport(Option.GO, -1, 1)),
        Arguments.of(
            "endless",
            "take more than 16777216 bytes",
            (Answer)
                peer -> {
                  byte[] text = new Bytes().u16(Info.DESCRIPTION).raw(new byte[4096]).get();
                  for (int i = 0; i < 5000; i++) {
                    peer.reply(Option.GO, OptionReply.INFO, text);
                  }
                }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenHandshakes")
  void invalidRepliesToGoEndTheConnection(String name, String reason, Answer answer)
      throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.greet();
          assertThat(peer.readOption().option()).isEqualTo(Option.GO);
          answer.answer(peer);
          peer.out.flush();
          peer.in.read();
        };
    ConnectOptions plain = OPTIONS.withStructuredReplies(false);
    try (ScriptedServer server = new ScriptedServer(script)) {
      assertThatThrownBy(() -> NbdClient.connect(server.uri(), plain))
          .hasMessageContaining(reason)
          .isInstanceOfSatisfying(
              NbdClientException.class, e -> assertThat(e.connectionLost()).isTrue());
    }
  }

  @Test
  void metaContextsThatWereNotRequestedAreRefused() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.greet();
          peer.ack(peer.readOption().option());
          assertThat(peer.readOption().option()).isEqualTo(Option.SET_META_CONTEXT);
          byte[] context = new Bytes().u32(1).text("x:a").get();
          peer.reply(Option.SET_META_CONTEXT, OptionReply.META_CONTEXT, context);
          peer.reply(Option.SET_META_CONTEXT, OptionReply.META_CONTEXT, context);
          peer.in.read();
        };
    ConnectOptions one = OPTIONS.withMetaContexts(List.of("x:a"));
    try (ScriptedServer server = new ScriptedServer(script)) {
      assertThatThrownBy(() -> NbdClient.connect(server.uri(), one))
          .hasMessageContaining("more contexts than the 1 asked for");
    }
  }

  @Test
  void closeWithoutGoSendsAbort() throws Exception {
    var last = new java.util.concurrent.CompletableFuture<Integer>();
    ScriptedServer.Script script =
        peer -> {
          peer.greet();
          peer.ack(peer.readOption().option());
          last.complete(peer.readOption().option());
        };
    try (ScriptedServer server = new ScriptedServer(script)) {
      NbdHandshake.open(server.uri(), OPTIONS).close();
      assertThat(last.get()).isEqualTo(Option.ABORT);
    }
  }
}
