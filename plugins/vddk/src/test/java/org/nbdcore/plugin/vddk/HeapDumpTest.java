package org.nbdcore.plugin.vddk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

/** A heap dump of a process that has logged in does not contain the password. */
@Tag("newest")
@Timeout(400)
class HeapDumpTest {

  private static final String PASSWORD = FakeVsphere.PASSWORD;

  /** Also as it stands in XML. */
  private static final String ESCAPED =
      PASSWORD.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");

  /** The part without characters that an encoding might lose. */
  private static final String START = PASSWORD.substring(0, 6);

  @TempDir Path folder;

  private FakeVsphere vsphere;

  @BeforeEach
  void start() throws IOException {
    vsphere = FakeVsphere.start(new NfcFaults());
    vsphere.machine(new FakeMachine("vm-16", "web", folder, 1 << 20, false));
  }

  @AfterEach
  void stop() throws IOException {
    vsphere.close();
    assertThat(vsphere.clientFaults()).isEmpty();
  }

  private Path dump() throws Exception {
    Path dump = folder.resolve("heap.hprof");
    Path output = folder.resolve("output");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                HeapDumpProgram.class.getName(),
                dump.toString()));
    command.addAll(vsphere.login(folder));
    command.addAll(
        List.of("engine=nfc", "nfchostport=" + vsphere.host().port(), "vm=web", "disk=1"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(300, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running: " + Files.readString(output));
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return dump;
  }

  private static String encoded(String text, Charset charset) {
    return new String(text.getBytes(charset), ISO_8859_1);
  }

  @Test
  void passwordIsNotInTheHeapAfterTheLogin() throws Exception {
    String heap = Files.readString(dump(), ISO_8859_1);
    assertThat(vsphere.calls()).contains("Login");
    // the user name must be found, which shows that the search works
    assertThat(heap.contains(FakeVsphere.USER)).as("the user name is found").isTrue();
    for (Charset charset : List.of(UTF_8, UTF_16LE, UTF_16BE)) {
      for (String text : List.of(PASSWORD, ESCAPED, START, ESCAPED.substring(0, 8))) {
        assertThat(heap.contains(encoded(text, charset)))
            .as("%s in %s is in the heap", text, charset)
            .isFalse();
      }
    }
  }
}
