package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user may get wrong: status 1, one line that says what and why, nothing left behind. */
@Tag("heavy")
class BadInputIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  static Stream<List<String>> mistakesAreRefusedWithAReason() {
    return Stream.of(
        // Each: the words, and what the line must say. @ is a folder of files, % one of sockets.
        List.of("", "which plugin?"),
        List.of("memry 1M", "there is no plugin 'memry'; did you mean memory?"),
        List.of("blocksize", "a filter of this name: use --filter=blocksize"),
        List.of("--filter=blocksise memory 1M", "there is no filter 'blocksise'; did you mean"),
        List.of("memory", "size"),
        List.of("memory 1Q", "'1Q'"),
        List.of("memory size=", "size"),
        List.of("memory 8E", "size must be less than 8E"),
        List.of("memory 1M 2M", "'1M' and '2M'"),
        List.of("memory 1M sise=3", "unknown key 'sise' for memory; did you mean size?"),
        List.of("--filter=blocksize memory 1M minblok=512", "did you mean minblock?"),
        List.of(
            "--filter=blocksize memory 1M minblock=513",
            "minblock must be a power of two between 1 and 64K, not 513"),
        List.of("--nosuch memory 1M", "unknown option --nosuch"),
        List.of("--pidfiel=x memory 1M", "did you mean --pidfile"),
        List.of("-t 0 memory 1M", "--threads must be from 1 to"),
        List.of("-p 70000 memory 1M", "--port must be from 0 to 65535, not 70000"),
        List.of("-p x memory 1M", "--port"),
        List.of("-i host.invalid memory 1M", "host.invalid"),
        List.of("--log=stder memory 1M", "'stder'"),
        List.of("--config=@/missing memory 1M", "@/missing"),
        List.of("-U @/no/folder/socket memory 1M", "@/no/folder/socket: No such file"),
        List.of("-U @/file memory 1M", "@/file: Address already in use"),
        List.of(
            "-U memory 1G",
            "there is no plugin '1G'; -U took 'memory' as its value: -U SOCKET, or -U - for a"),
        List.of("-U @/" + "x".repeat(120) + " memory 1M", "at most 107 bytes"),
        List.of("-U %/socket -P @/no/folder/pid memory 1M", "pid file"),
        List.of("file @/missing", "@/missing does not exist"),
        List.of("file @/folder", "is a directory"),
        List.of("file", "file"),
        List.of("vddk @/missing.vmdk", "@/missing.vmdk does not exist"),
        List.of("vddk relative.vmdk", "absolute path"),
        List.of("vddk @/file", "@/file: holds no VMDK descriptor"),
        List.of("vddk @/empty", "@/empty: holds no VMDK descriptor"),
        List.of("vddk @/half.vmdk", "@/half.vmdk: the size is 300 bytes"),
        List.of("vddk @/alone.vmdk", "alone-flat.vmdk does not exist"),
        List.of("vddk libdir=@/folder @/disk.vmdk", "@/folder/lib64/libvixDiskLib.so.8"),
        List.of("vddk libdir=@/vddk @/disk.vmdk", "libvixDiskLib.so.8: truncated"),
        List.of("vddk create=true @/new.vmdk", "create-size"),
        List.of("vmdk @/file", "@/file: holds no VMDK descriptor"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void mistakesAreRefusedWithAReason(List<String> words) throws IOException {
    makeFiles();
    List<String> command = new ArrayList<>(List.of("-f"));
    Stream.of(fillIn(words.get(0)).split(" "))
        .filter(word -> !word.isEmpty())
        .forEach(command::add);
    expectRefusal(command, fillIn(words.get(1)));
  }

  private String fillIn(String text) {
    return text.replace("@", box.file("").toString()).replace("%", box.runtime("").toString());
  }

  @Test
  void aPortInUseIsRefused() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(other.getLocalPort());
      expectRefusal(
          List.of("-f", "-i", "127.0.0.1", "-p", port, "memory", "1M"),
          "port " + port + ": Address already in use");
    }
  }

  /** A server in the background takes another path through the launcher. */
  @Test
  void aMistakeWithoutForegroundIsRefused() throws IOException {
    expectRefusal(
        List.of("memory", "1M", "2M", "-U", box.runtime("s").toString()), "'1M' and '2M'");
  }

  /** The tables of a VMDK are read when they are needed: its client gets the error. */
  @Test
  void aTruncatedDiskIsAnErrorForTheClientThatReadsIt() throws IOException {
    Path disk = vmdk("cut.vmdk", "monolithicSparse");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(file.length() - 60_000);
    }
    Ran ran = box.nbdCore("vddk", disk.toString(), "--run", "nbdcopy \"$uri\" null:");
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err()).contains("Input/output error").doesNotContain("\tat ");
    assertThat(ran.err().lines().filter(line -> line.startsWith("nbd-core: vddk")))
        .hasSize(1)
        .allMatch(line -> line.contains(disk.toString()));
  }

  private void expectRefusal(List<String> command, String reason) throws IOException {
    Ran ran = box.nbdCore(command.toArray(String[]::new));
    assertThat(ran.status()).as("exit status of%n%s", ran).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines())
        .singleElement()
        .asString()
        .startsWith("nbd-core: error: ")
        .contains(reason);
    box.assertNothingIsLeft();
  }

  private void makeFiles() throws IOException {
    Files.createDirectory(box.file("folder"));
    Files.createFile(box.file("empty"));
    Files.writeString(box.file("file"), "This is not a disk.\n".repeat(1000));
    Path disk = vmdk("disk.vmdk", "monolithicSparse");
    byte[] half = Files.readAllBytes(disk);
    Files.write(box.file("half.vmdk"), Arrays.copyOf(half, 300));
    vmdk("alone.vmdk", "monolithicFlat");
    Files.delete(box.file("alone-flat.vmdk"));
    Path lib = Files.createDirectories(box.file("vddk").resolve("lib64"));
    Files.writeString(lib.resolve("libvixDiskLib.so.8"), "x");
  }

  /** A small disk with something in its first and last grain. */
  private Path vmdk(String name, String subformat) throws IOException {
    Path raw = box.file(name + ".raw");
    byte[] content = new byte[1 << 20];
    content[0] = 1;
    content[content.length - 1] = 1;
    Files.write(raw, content);
    Path vmdk = box.file(name);
    String option = "subformat=" + subformat;
    box.run(Client.QEMU_IMG, "convert", "-O", "vmdk", "-o", option, raw.toString(), vmdk.toString())
        .succeeded();
    return vmdk;
  }
}
