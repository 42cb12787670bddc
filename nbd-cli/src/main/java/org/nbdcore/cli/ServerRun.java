package org.nbdcore.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.chain.Providers;
import org.nbdcore.cli.log.LogDestination;
import org.nbdcore.cli.log.LogFormat;
import org.nbdcore.cli.log.LogHandler;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.metrics.SlowRequests;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerBuilder;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Log;

/** One run of the server, from the validated command line to the removal of its files. */
final class ServerRun {

  private static final Log LOG = Log.of("");
  private static final int FAILURE = 1;

  private final String program;
  private final String shown;
  private final PrintStream out;
  private final CommandLine line;
  private final ServerSettings settings;
  private final Map<String, String> environment;
  private final RunCommand captive = new RunCommand();
  private final StopHandler stopper = new StopHandler(captive, this::leave);
  private final PidFile pidFile;
  private ServerOptions options; // set once the command line is parsed
  private NbdServer server; // set once it is running

  /**
   * Prepares a run.
   *
   * @param shown the prefix of each message: the program's name, and that of {@code --name}
   * @param environment the process's variables
   */
  ServerRun(
      String program,
      String shown,
      PrintStream out,
      CommandLine line,
      ServerSettings settings,
      Map<String, String> environment) {
    this.program = program;
    pidFile = new PidFile(new ProgramVersion(program).asNbdkit());
    this.shown = shown;
    this.out = out;
    this.line = line;
    this.settings = settings;
    this.environment = environment;
  }

  /**
   * Serves until a stop is requested or the command of {@code --run} ends.
   *
   * @return the exit status
   */
  int run(ServerContent content) throws ConfigException, IOException {
    try {
      return serve(content);
    } finally {
      stopper.runEnds();
      if (server != null && server.hanging().isPresent()) {
        leave();
      }
    }
  }

  /**
   * Ends the process at once. Shutdown hooks of the JVM would call the hanging code again. They are
   * not needed, because the log, the sockets and the pid file are already closed.
   */
  private void leave() {
    out.flush();
    Background.reportExit(FAILURE);
    Runtime.getRuntime().halt(FAILURE);
  }

  private int serve(ServerContent content) throws ConfigException, IOException {
    boolean background = settings.background();
    if (background) {
      if (!Background.possible()) {
        throw new ConfigException(
            "only the launcher bin/nbd-core can go to the background; add --foreground");
      }
      Background.prepare();
    }
    String log = settings.find(CommandLineOption.LOG).orElse("default");
    LogDestination destination = LogDestination.parse(log, background);
    // Errors appear on the terminal until the server detaches from it.
    boolean later = destination.kind() == LogDestination.Kind.SYSLOG && background;
    try (LogHandler serverLog =
            LogHandler.install(
                shown,
                content.label(),
                later ? LogDestination.STDERR : destination,
                settings.on(CommandLineOption.VERBOSE),
                LogFormat.parse(settings.find(CommandLineOption.LOG_FORMAT).orElse("text")),
                environment);
        Endpoints endpoints = Endpoints.of(line, settings, program);
        StartHooks hooks = new StartHooks(line, settings, endpoints, this::writePidFile)) {
      if (line.has(CommandLineOption.SWAP)) {
        LockedMemory.lock(hooks.changesUser());
      }
      LOG.debug(() -> new ProgramVersion(program).line());
      DebugFlags flags = DebugFlags.ofServer(line, warned -> {});
      flags.environment(LOG, System.getenv());
      flags.tlsLog();
      options =
          settings.serverOptions(
              endpoints.addresses(),
              flags.tlsSession() ? Optional.of(LOG::debug) : Optional.empty());
      stopper.stopTimeout(options.stopTimeout());
      if (!background) {
        Signals.acceptIgnoredInterrupt();
      }
      Signals.handle(stopper, content.hangUp(stopper));
      if (line.has(CommandLineOption.EXIT_WITH_PARENT)) {
        ParentWatch.start(stopper);
      }
      Optional<Monitoring> monitoring = Monitoring.start(settings, shown);
      try (Progress progress = Progress.of(settings, serverLog)) {
        monitoring.ifPresent(it -> serverLog.observe(it.messages()));
        ServerBuilder builder = NbdServer.builder().options(options).hooks(hooks);
        content.addTo(builder, flags.trace());
        monitoring.ifPresent(it -> it.addTo(builder));
        progress.addTo(builder);
        flags.slow().ifPresent(limit -> builder.listener(new SlowRequests(limit)));
        UserEnvironment.closeDescriptors(System.getenv());
        return serve(content, builder, hooks, () -> serverLog.redirect(destination));
      } finally {
        monitoring.ifPresent(Monitoring::close);
      }
    }
  }

  private int serve(
      ServerContent content, ServerBuilder builder, StartHooks hooks, Runnable leftTerminal)
      throws IOException {
    // Closed after the server: a program that waits until the file disappears finds everything else
    // closed.
    try (pidFile;
        NbdServer running = builder.start()) {
      server = running;
      stopper.serverRuns(server);
      content.serverRuns(server);
      hooks.serverRuns(server);
      if (settings.background()) {
        Background.acceptInterrupts();
        Signals.handle(stopper, content.hangUp(stopper));
      }
      if (!hooks.changesUser()) {
        writePidFile();
      }
      return listening(server, hooks, leftTerminal);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void writePidFile() throws IOException {
    Optional<String> path = settings.find(CommandLineOption.PID_FILE);
    if (path.isPresent()) {
      pidFile.write(FileNames.absolute(path.get()));
    }
  }

  private int listening(NbdServer server, StartHooks hooks, Runnable leftTerminal)
      throws IOException, InterruptedException {
    List<SocketAddress> addresses = new ArrayList<>(server.addresses());
    hooks.vsockAddress().ifPresent(addresses::add);
    String exportName = line.last(CommandLineOption.EXPORT).orElse("");
    ClientUri served =
        addresses.isEmpty()
            ? null
            : new ClientUri(
                reachable(addresses.get(0)), exportName, ClientTls.of(options.tls(), settings));
    LOG.debug(() -> "listening on " + addresses);
    JarPreopener.begin();
    HeapLimit.begin();
    if (served != null && line.has(CommandLineOption.PRINT_URI)) {
      // A URI contains no characters that a shell would interpret within these quotes.
      String quoted = served.uri().matches("[\\w:/.%-]+") ? served.uri() : '"' + served.uri() + '"';
      out.println(served.uri());
      out.println("Shell-quoted URI: " + quoted);
      out.println("Command to query the NBD endpoint:");
      out.println("  nbdinfo " + quoted);
      out.flush();
    }
    SystemdNotifier.ready();
    if (settings.background()) {
      Background.detach();
      leftTerminal.run();
    }
    Optional<String> command = line.last(CommandLineOption.RUN);
    if (command.isPresent() && served != null) {
      return captive.run(command.get(), served);
    }
    server.awaitStopped();
    settings.finishStreams();
    return 0;
  }

  /**
   * A server that listens on all IPv6 addresses, but not on IPv4, is not reachable as {@code
   * localhost}.
   */
  private SocketAddress reachable(SocketAddress address) {
    boolean allOf6 =
        address instanceof InetSocketAddress tcp
            && tcp.getAddress().isAnyLocalAddress()
            && (line.has(CommandLineOption.IPV6)
                || settings.find(CommandLineOption.IP_ADDRESS).isPresent())
            && tcp.getAddress() instanceof Inet6Address;
    return allOf6 ? new InetSocketAddress("::1", ((InetSocketAddress) address).getPort()) : address;
  }

  /** Closes the class loaders of third-party jars. Ignores a failure, because the process ends. */
  static void close(Providers providers) {
    try {
      providers.close();
    } catch (IOException e) {
      LOG.debug(() -> "closing jars: " + ExceptionText.of(e));
    }
  }
}
