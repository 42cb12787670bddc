package org.nbdcore.cli;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/**
 * The options of the command line, combined with those of the environment and the configuration
 * file.
 */
final class ServerSettings {

  private static final int MAX_THREADS = 4096;
  private static final long MIN_MEMORY = 128L << 20;

  private final CommandLine line;
  private final Settings settings;
  private final ProgramVersion version;
  private Optional<StandardStreams> streams = Optional.empty();

  ServerSettings(CommandLine line, Settings settings, ProgramVersion version) {
    this.line = line;
    this.settings = settings;
    this.version = version;
  }

  /**
   * The value of an option: from the command line, otherwise from the environment, otherwise from
   * the file.
   */
  Optional<String> find(CommandLineOption option) {
    Optional<String> typed = line.last(option);
    return typed.isPresent() ? typed : settings.find(option.names().get(0));
  }

  /**
   * All values of an option that may be repeated in a file; on the command line the last counts.
   */
  List<String> all(CommandLineOption option) {
    Optional<String> typed = line.last(option);
    return typed.isPresent() ? List.of(typed.get()) : settings.all(option.names().get(0));
  }

  /** True if clients have names, from verified certificates or pre-shared keys. */
  boolean identifiesClients() throws ConfigException {
    return on(CommandLineOption.TLS_VERIFY_PEER) || find(CommandLineOption.TLS_PSK).isPresent();
  }

  /** True if the server watches the configuration file for changes. */
  boolean reloadOnChange() throws ConfigException {
    Optional<String> set = settings.find("reload-on-change");
    return set.isPresent() && Parameter.bool("reload-on-change", "").parse(set.get());
  }

  /** Time limit for the start of exports. */
  Duration startTimeout() throws ConfigException {
    Optional<String> text = find(CommandLineOption.START_TIMEOUT);
    return text.isPresent()
        ? Parameter.duration(CommandLineOption.START_TIMEOUT.toString(), "").parse(text.get())
        : ServerOptions.defaults(List.of()).startTimeout();
  }

  private long memory(long usual) throws ConfigException {
    Optional<String> text = find(CommandLineOption.MEMORY);
    if (text.isEmpty()) {
      return usual;
    }
    long size = Parameter.size(CommandLineOption.MEMORY.toString(), "").parse(text.get());
    if (size < MIN_MEMORY) {
      throw new ConfigException("--memory must be at least 128M, not " + text.get());
    }
    return size;
  }

  /** True if a switch is on. */
  boolean on(CommandLineOption option) throws ConfigException {
    if (line.has(option)) {
      return true;
    }
    return set(option).orElse(false);
  }

  /** The value of a switch in the environment or the file. */
  private Optional<Boolean> set(CommandLineOption option) throws ConfigException {
    String key = option.names().get(0);
    Optional<String> set = settings.find(key);
    return set.isPresent()
        ? Optional.of(Parameter.bool(key, "").parse(set.get()))
        : Optional.empty();
  }

  /**
   * True if extended headers are offered. Priority: {@code --no-eh} and options that exclude them,
   * then {@code --extended-headers}, then the environment and the file.
   */
  boolean extendedHeaders() throws ConfigException {
    if (line.has(CommandLineOption.OLD_STYLE)
        || line.has(CommandLineOption.NO_STRUCTURED_REPLIES)
        || line.has(CommandLineOption.NO_EXTENDED_HEADERS)) {
      return false;
    }
    return line.has(CommandLineOption.EXTENDED_HEADERS)
        || set(CommandLineOption.EXTENDED_HEADERS).orElse(true);
  }

  /** True if the server detaches from the terminal once it listens. */
  boolean background() {
    return !(line.has(CommandLineOption.FOREGROUND)
        || line.has(CommandLineOption.RUN)
        || line.has(CommandLineOption.SINGLE)
        || line.has(CommandLineOption.EXIT_WITH_PARENT)
        || InheritedSockets.count() > 0);
  }

  /**
   * The settings of the server.
   *
   * @param tlsSessions receives a description of each TLS session; may be empty
   */
  ServerOptions serverOptions(List<SocketAddress> listen, Optional<Consumer<String>> tlsSessions)
      throws ConfigException, IOException {
    ServerOptions defaults = ServerOptions.defaults(listen);
    int threads = defaults.threads();
    if (find(CommandLineOption.THREADS).isPresent()) {
      threads =
          (int)
              Numbers.parse(
                  CommandLineOption.THREADS, find(CommandLineOption.THREADS).get(), 1, MAX_THREADS);
    }
    Duration timeout = defaults.handshakeTimeout();
    if (find(CommandLineOption.TIMEOUT).isPresent()) {
      String text = find(CommandLineOption.TIMEOUT).get();
      timeout = Parameter.duration(CommandLineOption.TIMEOUT.toString(), "").parse(text);
    }
    Duration stopTimeout = defaults.stopTimeout();
    if (find(CommandLineOption.STOP_TIMEOUT).isPresent()) {
      String text = find(CommandLineOption.STOP_TIMEOUT).get();
      stopTimeout = Parameter.duration(CommandLineOption.STOP_TIMEOUT.toString(), "").parse(text);
    }
    int mask = defaults.handshakeMask();
    if (line.has(CommandLineOption.MASK_HANDSHAKE)) {
      String text = line.last(CommandLineOption.MASK_HANDSHAKE).orElseThrow();
      mask &= (int) Numbers.parse(CommandLineOption.MASK_HANDSHAKE, text, 0, 0xffff);
    }
    Optional<Tls> tls = TlsSettings.from(this, version.folder());
    if (tlsSessions.isPresent()) {
      tls = tls.map(encryption -> encryption.described(tlsSessions.get()));
    }
    boolean oldstyle = line.has(CommandLineOption.OLD_STYLE);
    combination(oldstyle, line.has(CommandLineOption.EXTENDED_HEADERS), tls);
    return defaults
        .withSingle(
            line.has(CommandLineOption.SINGLE) ? Optional.of(standardInput()) : Optional.empty())
        .withReadOnly(on(CommandLineOption.READ_ONLY))
        .withThreads(threads)
        .withStructuredReplies(!line.has(CommandLineOption.NO_STRUCTURED_REPLIES))
        .withMetaContexts(!line.has(CommandLineOption.NO_META_CONTEXTS))
        .withHandshakeMask(mask)
        .withOldstyle(oldstyle)
        .withExtendedHeaders(extendedHeaders())
        .withHandshakeTimeout(timeout)
        .withStartTimeout(startTimeout())
        .withStopTimeout(stopTimeout)
        .withMemory(memory(defaults.memory()))
        .withExportName(settings.find("default-export").orElse(""))
        .withTls(tls)
        .withServerName(line.last(CommandLineOption.NAME).orElse(version.program()));
  }

  private void combination(boolean oldstyle, boolean extended, Optional<Tls> tls)
      throws ConfigException {
    if (oldstyle && tls.map(Tls::required).orElse(false)) {
      throw new ConfigException(
          "--oldstyle and --tls=require exclude each other: the oldstyle protocol has no TLS");
    }
    if (extended && oldstyle) {
      throw new ConfigException(
          "--oldstyle and --extended-headers exclude each other: the oldstyle protocol has no"
              + " options to ask for them");
    }
    if (extended && line.has(CommandLineOption.NO_STRUCTURED_REPLIES)) {
      throw new ConfigException(
          "--no-sr and --extended-headers exclude each other: their replies are structured");
    }
    if (extended && line.has(CommandLineOption.NO_EXTENDED_HEADERS)) {
      throw new ConfigException("--extended-headers and --no-eh exclude each other");
    }
  }

  private SocketChannel standardInput() throws ConfigException, IOException {
    if (StandardStreams.areNoSocket()) {
      StandardStreams pipes = StandardStreams.open(version.program());
      streams = Optional.of(pipes);
      return pipes.channel();
    }
    Channel channel = System.inheritedChannel();
    if (channel instanceof SocketChannel socket) {
      return socket;
    }
    throw new ConfigException(
        "--single needs a connected socket, a pipe or a file as standard input");
  }

  /** Waits until a client at two pipes has been sent all. */
  void finishStreams() throws InterruptedException {
    if (streams.isPresent()) {
      streams.get().finish();
    }
  }
}
