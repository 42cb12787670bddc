package org.nbdcore.plugin.nbd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.client.NbdHandshake;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * A server that the plugin starts with socket activation, like systemd: with its listening socket
 * on descriptor 3, LISTEN_FDS and LISTEN_PID. If it has ended, the plugin starts it again for the
 * next connection.
 */
final class CommandRemote implements RemoteEndpoint {

  private final String command;
  private final List<String> words;
  private final UnaryOperator<NbdUri> keys; // for TLS
  private final ConnectOptions options;
  private ChildProcess child; // guarded by this; null while none runs
  private Path folder; // guarded by this; contains the socket

  CommandRemote(
      String command, List<String> arguments, UnaryOperator<NbdUri> keys, ConnectOptions options) {
    this.command = command;
    this.keys = keys;
    this.words = new ArrayList<>();
    words.add(command);
    words.addAll(arguments);
    this.options = options;
  }

  @Override
  public synchronized NbdHandshake connect() throws IOException {
    DescriptorChannel.requireJna("command");
    if (child != null && !child.alive()) {
      close();
    }
    if (child == null) {
      folder = Files.createTempDirectory("nbd-core-");
      child = ChildProcess.start(words, folder.resolve("socket"));
    }
    try {
      NbdUri uri = NbdUri.unix(FileNames.text(folder.resolve("socket")));
      return NbdHandshake.open(keys.apply(uri), options);
    } catch (NbdClientException e) {
      close();
      throw new NbdException(
          NbdError.EIO, "command " + command + " does not answer: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (child != null) {
      child.close();
      child = null;
    }
    if (folder != null) {
      Files.deleteIfExists(folder.resolve("socket"));
      Files.deleteIfExists(folder);
      folder = null;
    }
  }

  @Override
  public String toString() {
    return "command " + command;
  }
}
