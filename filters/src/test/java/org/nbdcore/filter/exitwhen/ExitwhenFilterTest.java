package org.nbdcore.filter.exitwhen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.DumpedLines;
import org.nbdcore.testkit.TestSession;

@Timeout(60)
final class ExitwhenFilterTest {

  @TempDir Path folder;
  private final ModelDisk disk = new ModelDisk(512);
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Filter start(String... pairs) throws IOException {
    Filter filter = Chains.filter(new ExitwhenFilterProvider(), pairs);
    filter.start(disk, StartContext.NONE.withHost(stopped::countDown));
    return filter;
  }

  private boolean awaitStop() throws InterruptedException {
    return stopped.await(30, TimeUnit.SECONDS);
  }

  private boolean isRunning() {
    return stopped.getCount() > 0;
  }

  @Test
  void eventBeforeTheStartStopsTheServerAtOnce() throws Exception {
    Path file = Files.createFile(folder.resolve("stop"));
    try (Filter filter = start("exit-when-file-created=" + file)) {
      assertThat(awaitStop()).as(filter + " stops the server").isTrue();
    }
  }

  @Test
  void eventRefusesNewClientsAndStopsAfterTheLastOne() throws Exception {
    Path file = folder.resolve("stop");
    try (Filter filter = start("exit-when-file-created=" + file)) {
      TestSession client = new TestSession();
      filter.preconnect(client, disk);
      BlockDevice device = filter.open(client.request(""), disk);
      Files.createFile(file);
      assertThatThrownBy(() -> filter.preconnect(new TestSession(2), disk))
          .isInstanceOf(NbdException.class)
          .hasMessage("the server is about to stop");
      assertThat(isRunning()).as("a client is there").isTrue();
      device.close();
      assertThat(isRunning()).isFalse();
    }
  }

  @Test
  void newClientAfterTheEventStopsAnIdleServer() throws Exception {
    Path file = Files.createFile(folder.resolve("lock"));
    try (Filter filter = start("exit-when-file-deleted=" + file)) {
      filter.preconnect(new TestSession(2), disk);
      filter.open(new TestSession().request(""), disk).close();
      assertThat(isRunning()).isTrue();
      Files.delete(file);
      assertThatThrownBy(() -> filter.preconnect(new TestSession(2), disk))
          .isInstanceOf(NbdException.class);
      assertThat(isRunning()).isFalse();
    }
  }

  @Test
  void idleServerPollsForTheEvent() throws Exception {
    Path file = Files.createFile(folder.resolve("lock"));
    try (Filter filter = start("exit-when-file-deleted=" + file, "exit-when-poll=1")) {
      filter.open(new TestSession().request(""), disk).close();
      Files.delete(file);
      assertThat(awaitStop()).isTrue();
    }
  }

  @Test
  void exitOfAProcessStopsTheServer() throws Exception {
    Process process = new ProcessBuilder("sleep", "1000").start();
    String parameter = "exit-when-process-exits=" + process.pid();
    try (Filter filter = start(parameter, "exit-when-poll=1")) {
      filter.preconnect(new TestSession(2), disk);
      process.destroyForcibly().waitFor();
      assertThat(awaitStop()).isTrue();
    }
  }

  @Test
  void exitStatusOfTheScriptDecides() throws Exception {
    Path file = folder.resolve("status");
    Files.writeString(file, "0");
    String script = "exit-when-script=exit $(cat " + file + ")";
    try (Filter filter = start(script);
        CapturedLog log = CapturedLog.start()) {
      filter.preconnect(new TestSession(2), disk);
      assertThat(log.withNames()).isEmpty();
      Files.writeString(file, "3");
      filter.preconnect(new TestSession(2), disk);
      // the check at the start may run as late as this
      assertThat(log.withNames()).isNotEmpty().allMatch(line -> line.contains("status 3"));
      assertThat(isRunning()).isTrue();
      Files.writeString(file, "88");
      assertThatThrownBy(() -> filter.preconnect(new TestSession(2), disk))
          .isInstanceOf(NbdException.class);
      assertThat(isRunning()).isFalse();
    }
  }

  @Test
  void aDescriptorThatIsNotOpenIsRefused() {
    assertThatThrownBy(
            () -> Chains.configure(new ExitwhenFilterProvider(), "exit-when-pipe-closed=99999"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("exit-when-pipe-closed must be a file descriptor that is open, not 99999");
  }

  @Test
  void serverKeepsRunningWithoutEvents() throws Exception {
    try (Filter filter = start()) {
      TestSession client = new TestSession();
      filter.preconnect(client, disk);
      filter.open(client.request(""), disk).close();
      assertThat(isRunning()).isTrue();
    }
  }

  @Test
  void dumpPluginNamesTheEvents() {
    DumpedLines dumped = new DumpedLines();
    new ExitwhenFilterProvider().dump(dumped);
    assertThat(dumped.lines())
        .containsExactlyInAnyOrder(
            "exitwhen_file_created=yes",
            "exitwhen_file_deleted=yes",
            "exitwhen_process_exits=yes",
            "exitwhen_pipe_closed=yes",
            "exitwhen_script=yes");
  }
}
