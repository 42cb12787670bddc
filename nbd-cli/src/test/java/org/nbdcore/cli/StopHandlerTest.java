package org.nbdcore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.server.ServerBuilder;
import org.nbdcore.spi.ConfigException;

/** Signals while a plugin hangs in its start. */
final class StopHandlerTest {

  private final CountDownLatch exited = new CountDownLatch(1);
  private final StopHandler handler = new StopHandler(new RunCommand(), exited::countDown);

  @Test
  void theSecondSignalEndsTheProcess() {
    handler.run();
    assertThat(exited.getCount()).isEqualTo(1);
    handler.run();
    assertThat(exited.getCount()).isZero();
  }

  @Test
  void oneSignalEndsTheProcessAfterTheStopTimeout() throws Exception {
    handler.stopTimeout(Duration.ofMillis(1));
    handler.run();
    assertThat(exited.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private static Set<Thread> timeoutThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("nbd-stop-timeout"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Content that is asked to stop during its start, and then fails. */
  private static final class FailingStart implements ServerContent {
    private final Set<Thread> timeoutThreads = new HashSet<>();
    private Runnable stop;

    @Override
    public String label() {
      return "";
    }

    @Override
    public Runnable hangUp(Runnable newStop) {
      stop = newStop;
      return newStop;
    }

    @Override
    public void addTo(ServerBuilder builder, Trace trace) throws ConfigException {
      Set<Thread> others = timeoutThreads();
      stop.run();
      timeoutThreads.addAll(timeoutThreads());
      timeoutThreads.removeAll(others);
      throw new ConfigException("no start, as planned");
    }
  }

  /** A program that embeds the command line continues, and the timeout must not end it later. */
  @Test
  void theStopTimeoutEndsIfTheStartFails() throws Exception {
    CommandLine line = CommandLine.parse(List.of("-f", "-U", "-", "--stop-timeout=3600", "ram"));
    ServerSettings settings =
        new ServerSettings(
            line, Settings.load(Optional.empty(), Map.of()), new ProgramVersion("nbd-core"));
    PrintStream out = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
    FailingStart content = new FailingStart();
    ServerRun run = new ServerRun("nbd-core", "nbd-core", out, line, settings, Map.of());
    assertThatThrownBy(() -> run.run(content)).hasMessage("no start, as planned");
    assertThat(content.timeoutThreads).hasSize(1);
    for (Thread thread : content.timeoutThreads) {
      thread.join(20_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void aSignalAfterTheRunStartsNoStopTimeout() {
    Set<Thread> others = timeoutThreads();
    handler.runEnds();
    handler.run();
    Set<Thread> timeoutThreads = timeoutThreads();
    timeoutThreads.removeAll(others);
    assertThat(timeoutThreads).isEmpty();
  }
}
