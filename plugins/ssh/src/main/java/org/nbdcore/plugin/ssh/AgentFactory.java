package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.nbdcore.spi.Log;

/** Connects to the user's SSH agent. It is never forwarded. */
final class AgentFactory implements SshAgentFactory {

  private static final Log LOG = Log.of("ssh");

  private final String socket;

  AgentFactory(String socket) {
    this.socket = socket;
  }

  /** Returns null if the agent is not running, because another login method may succeed. */
  @Override
  public SshAgent createClient(Session session, FactoryManager manager) {
    try {
      return new AgentSocket(Path.of(socket));
    } catch (IOException | InvalidPathException e) {
      LOG.debug("no SSH agent at " + socket + ": " + e.getMessage());
      return null;
    }
  }

  @Override
  public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
    return List.of();
  }

  @Override
  public SshAgentServer createServer(ConnectionService service) {
    throw new UnsupportedOperationException("the SSH agent is not forwarded");
  }
}
