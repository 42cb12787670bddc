package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nbdcore.plugin.vddk.FakeVddk;

/** A VDDK that needs LD_LIBRARY_PATH, for which the program starts itself again. */
@Tag("heavy")
class VddkRestartIT {

  private static final String PASSWORD = "pass, word";

  @RegisterExtension final Sandbox box = new Sandbox();

  private FakeVddk fake;
  private Path passwordFile;

  @BeforeEach
  void prepareTheLibrary() throws IOException {
    Path disk = Files.createDirectories(box.file("ds")).resolve("disk.vmdk");
    Files.write(disk, new byte[1 << 20]);
    fake =
        FakeVddk.in(box.file("vddk"), "8.0.3", Set.of(), "libother.so.1")
            .set("datastore.dir", box.file("."))
            .set("login.password", PASSWORD);
    passwordFile = Files.writeString(box.file("password"), PASSWORD + "\n");
  }

  private String[] words(String password, String... more) {
    List<String> words = new ArrayList<>(List.of("vddk", "libdir=" + fake.libdir()));
    words.addAll(List.of("file=[ds] disk.vmdk", "server=esx", "user=root", "vm=moref=1"));
    words.addAll(List.of("preflight=false", "password=" + password));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private void assertLibraryIsUsedCorrectly() throws IOException {
    assertThat(fake.failures()).isEmpty();
    assertThat(fake.trace()).contains("load name=libvddkByName.so loaded=1");
    assertThat(fake.calls("ConnectEx"))
        .isNotEmpty()
        .allMatch(call -> call.text("uid.password").equals(PASSWORD));
  }

  @Test
  void theRestartKeepsTheProcessIdAndShowsNoPassword() throws Exception {
    Server server = box.serve(words(PASSWORD));
    box.run(Client.NBDINFO, server.uri()).succeeded();
    String proc = "/proc/" + server.pid();
    assertThat(Files.readString(Path.of(proc, "cmdline")))
        .contains("libdir=" + fake.libdir())
        .doesNotContain(PASSWORD);
    String environment = Files.readString(Path.of(proc, "environ"));
    assertThat(environment)
        .contains("\0LD_LIBRARY_PATH=" + fake.lib64() + "\0")
        .doesNotContain(PASSWORD);
    try (var descriptors = Files.list(Path.of(proc, "fd"))) {
      for (Path descriptor : descriptors.toList()) {
        assertThat(target(descriptor))
            .as("a descriptor of the server's")
            .doesNotContain("memfd")
            .doesNotContain("password");
      }
    }
    assertThat(server.stop().err()).doesNotContain(PASSWORD);
    assertLibraryIsUsedCorrectly();
    assertThat(fake.calls("InitEx")).hasSize(2);
  }

  /** Nothing if it has been closed since it was listed. */
  private static String target(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  @Test
  void aPasswordFileIsReadOnceOnly() throws Exception {
    Server server = box.serve(words("+" + passwordFile, "loading=reexec"));
    Files.delete(passwordFile);
    box.run(Client.NBDINFO, server.uri()).succeeded();
    server.stop();
    assertLibraryIsUsedCorrectly();
    assertThat(fake.calls("InitEx")).hasSize(1);
  }

  @Test
  void theCommandOfRunGetsTheUsersEnvironment() throws Exception {
    List<String> arguments = new ArrayList<>(List.of(words(PASSWORD)));
    arguments.addAll(
        List.of("--run", "echo \"<$LD_LIBRARY_PATH>\"; env | grep NBD_CORE_RESTARTED; true"));
    String[] all = arguments.toArray(String[]::new);
    assertThat(box.nbdCore(all).succeeded().out()).isEqualTo("<>\n");
    Ran ran =
        box.command(
            Distribution.built(), Map.of("LD_LIBRARY_PATH", "/of/the/user"), "nbd-core", all);
    assertThat(ran.succeeded().out()).isEqualTo("</of/the/user>\n");
    assertThat(fake.failures()).isEmpty();
  }

  @Test
  void theLauncherReturnsWhenARestartedBackgroundServerListens() throws Exception {
    List<String> arguments = new ArrayList<>(List.of(words(PASSWORD)));
    Path socket = box.runtime("socket");
    Path pidFile = box.runtime("pid");
    arguments.addAll(0, List.of("-U", socket.toString(), "-P", pidFile.toString()));
    box.nbdCore(arguments.toArray(String[]::new)).succeeded();
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    box.run(Client.NBDINFO, "nbd+unix:///?socket=" + socket).succeeded();
    ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
    server.destroy();
    server.onExit().get(30, java.util.concurrent.TimeUnit.SECONDS);
    assertLibraryIsUsedCorrectly();
  }

  @Test
  void librariesThatWouldCrashTheJvmAreReported() throws Exception {
    Files.writeString(fake.lib64().resolve("libjli.so"), "not a library");
    Files.writeString(fake.lib64().resolve("libz.so.1"), "not a library");
    Files.writeString(fake.lib64().resolve("libc.so.6"), "not a library");
    Ran ran = box.nbdCore(words(PASSWORD, "loading=reexec", "--run", "true"));
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err())
        .contains("loading=reexec; it needs {LD_LIBRARY_PATH=" + fake.lib64() + "}, but this Java")
        .contains(
            "does not start with this environment: a library in that folder conflicts with its own")
        .contains("lib64/");
    assertThat(fake.trace()).isEmpty();
  }
}
