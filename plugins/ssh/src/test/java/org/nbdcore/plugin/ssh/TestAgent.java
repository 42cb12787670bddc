package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.KeyPair;
import org.apache.sshd.agent.common.AbstractAgentClient;
import org.apache.sshd.agent.local.AgentImpl;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** An SSH agent with one key, at a Unix socket. */
final class TestAgent implements AutoCloseable {

  private final ServerSocketChannel listener;
  private final AgentImpl agent = new AgentImpl();

  TestAgent(Path socket, KeyPair key) throws IOException {
    agent.addIdentity(key, "a key");
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    Thread thread = new Thread(this::serve, "agent");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (true) {
      try (SocketChannel client = listener.accept()) {
        answer(client);
      } catch (IOException e) {
        return; // the end of the test
      }
    }
  }

  private void answer(SocketChannel client) throws IOException {
    AbstractAgentClient requests =
        new AbstractAgentClient(agent) {
          @Override
          protected void reply(Buffer reply) throws IOException {
            client.write(ByteBuffer.wrap(reply.array(), reply.rpos(), reply.available()));
          }
        };
    ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
    while (client.read(bytes.clear()) > 0) {
      requests.messageReceived(new ByteArrayBuffer(bytes.array(), 0, bytes.position()));
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
