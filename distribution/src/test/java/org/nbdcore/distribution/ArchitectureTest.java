package org.nbdcore.distribution;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Checks the dependencies between packages that docs/architecture.md shows. If you change a
 * dependency on purpose, change the page and this list together.
 */
class ArchitectureTest {

  /**
   * For each package prefix, the prefixes that it may depend on. The longest matching prefix of a
   * package applies.
   */
  private static final Map<String, Set<String>> ALLOWED = new LinkedHashMap<>();

  static {
    ALLOWED.put("spi", Set.of());
    ALLOWED.put("protocol", Set.of());
    ALLOWED.put("vmdk", Set.of("system"));
    ALLOWED.put("nfc", Set.of("tls"));
    ALLOWED.put("vsphere", Set.of("tls"));
    ALLOWED.put(
        "tools.vsphere",
        Set.of("spi", "protocol", "client", "client.cli", "vsphere", "plugin.vddk"));
    ALLOWED.put("system", Set.of());
    ALLOWED.put("tls", Set.of());
    ALLOWED.put("log", Set.of("spi"));
    ALLOWED.put("chain", Set.of("spi", "log"));
    ALLOWED.put("server.failure", Set.of("spi", "protocol", "log"));
    ALLOWED.put("server.memory", Set.of("spi", "log"));
    ALLOWED.put("server.wire", Set.of("spi", "log", "server.failure", "server.tls"));
    ALLOWED.put(
        "server.export",
        Set.of("spi", "protocol", "chain", "log", "server.failure", "server.memory"));
    ALLOWED.put(
        "server.handshake",
        Set.of(
            "spi",
            "protocol",
            "log",
            "server.export",
            "server.failure",
            "server.memory",
            "server.tls",
            "server.wire"));
    ALLOWED.put(
        "server.transmission",
        Set.of(
            "spi",
            "protocol",
            "log",
            "server.export",
            "server.failure",
            "server.memory",
            "server.wire"));
    ALLOWED.put(
        "server",
        Set.of(
            "spi",
            "chain",
            "log",
            "server.export",
            "server.failure",
            "server.handshake",
            "server.memory",
            "server.tls",
            "server.transmission",
            "server.wire"));
    ALLOWED.put("server.tls", Set.of("spi", "tls"));
    ALLOWED.put("server.tls.psk", Set.of("spi", "tls", "server.tls"));
    ALLOWED.put("metrics", Set.of("spi", "chain", "server", "metrics.status"));
    ALLOWED.put("metrics.status", Set.of());
    ALLOWED.put("metrics.top", Set.of("metrics.status"));
    ALLOWED.put("cli.log", Set.of("spi", "log", "system"));
    ALLOWED.put("cli.config", Set.of("spi", "log"));
    ALLOWED.put(
        "cli",
        Set.of(
            "spi",
            "system",
            "protocol",
            "chain",
            "log",
            "server",
            "server.tls",
            "server.tls.psk",
            "metrics",
            "metrics.top",
            "cli.config",
            "cli.log"));
    ALLOWED.put("client", Set.of("spi", "protocol", "tls"));
    ALLOWED.put("client.cli", Set.of("spi", "protocol", "client", "vmdk"));
    ALLOWED.put("filter", Set.of("spi"));
    ALLOWED.put("filter.exitwhen", Set.of("spi", "filter", "system"));
    ALLOWED.put("filter.qcow2dec", Set.of("spi", "filter", "system"));
    ALLOWED.put("plugin", Set.of("spi"));
    ALLOWED.put("plugin.file", Set.of("spi", "system"));
    ALLOWED.put("plugin.compose", Set.of("spi", "plugin.file"));
    ALLOWED.put("plugin.mkfs", Set.of("spi", "plugin.file", "plugin.compose"));
    ALLOWED.put("plugin.curl", Set.of("spi", "tls"));
    ALLOWED.put("plugin.ssh", Set.of("spi"));
    ALLOWED.put("plugin.s3", Set.of("spi"));
    ALLOWED.put("plugin.cdi", Set.of("spi", "system", "plugin.file", "plugin.curl"));
    ALLOWED.put("allocator", Set.of("spi", "system"));
    ALLOWED.put("plugin.memory", Set.of("spi", "allocator"));
    ALLOWED.put("example", Set.of("spi"));
    ALLOWED.put("testkit", Set.of("spi", "protocol"));
    ALLOWED.put("plugin.nbd", Set.of("spi", "system", "protocol", "client"));
    ALLOWED.put("plugin.data", Set.of("spi", "allocator"));
    ALLOWED.put("plugin.vmdk", Set.of("spi", "vmdk"));
    ALLOWED.put("plugin.vddk", Set.of("spi", "system", "vmdk", "plugin.vmdk", "nfc", "vsphere"));
  }

  private static final String ROOT = "org.nbdcore.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.nbdcore");

  private static String part(JavaClass type) {
    String name = type.getPackageName();
    if (!(name + ".").startsWith(ROOT)) {
      return null;
    }
    String rest = name.substring(ROOT.length());
    String best = "";
    for (String part : ALLOWED.keySet()) {
      boolean inside = rest.equals(part) || rest.startsWith(part + ".");
      if (inside && part.length() > best.length()) {
        best = part;
      }
    }
    assertThat(best).as("the part that the package %s belongs to", name).isNotEmpty();
    return best;
  }

  private static Set<String> allowed(String part) {
    Set<String> allowed = new TreeSet<>(ALLOWED.get(part));
    allowed.add(part);
    return allowed;
  }

  @Test
  void importerFindsTheMainPackages() {
    Set<String> seen = new TreeSet<>();
    CLASSES.forEach(type -> seen.add(part(type)));
    assertThat(seen).contains("spi", "protocol", "log", "cli.config", "chain", "server", "cli");
    assertThat(seen).contains("client", "filter", "plugin", "plugin.vmdk", "vmdk");
  }

  @Test
  void packagesDependOnlyOnAllowedPackages() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = part(dependency.getTargetClass().getBaseComponentType());
        if (target != null && !allowed(part(type)).contains(target)) {
          wrong.add(dependency.getDescription());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void filtersDependOnNoOtherFilterExceptCommon() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String from = filter(type);
        String to = filter(dependency.getTargetClass().getBaseComponentType());
        if (from != null && to != null && !to.equals(from) && !to.equals("common")) {
          wrong.add(dependency.getDescription());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static String filter(JavaClass type) {
    String prefix = ROOT + "filter.";
    String name = type.getPackageName();
    return name.startsWith(prefix) ? name.substring(prefix.length()).split("\\.")[0] : null;
  }

  /** A pointer does not keep its buffer reachable, so the garbage collector may free the buffer. */
  @Test
  void classesThatTakeABufferAddressKeepTheBufferReachable() {
    List<String> wrong = new ArrayList<>();
    boolean any = false;
    for (JavaClass type : CLASSES) {
      boolean takes = calls(type, "getDirectBufferPointer");
      any |= takes;
      if (takes && !calls(type, "reachabilityFence")) {
        wrong.add(type.getName());
      }
    }
    assertThat(any).isTrue();
    assertThat(wrong).as("classes that never call Reference.reachabilityFence").isEmpty();
  }

  private static boolean calls(JavaClass type, String method) {
    return type.getMethodCallsFromSelf().stream()
        .anyMatch(call -> call.getTarget().getName().equals(method));
  }

  /** Across all modules, so that a class name in a log or in a search result is unambiguous. */
  @Test
  void classNamesAreUnique() {
    Map<String, List<String>> names = new LinkedHashMap<>();
    for (JavaClass type : CLASSES) {
      if (type.isTopLevelClass() && !type.getSimpleName().equals("package-info")) {
        names.computeIfAbsent(type.getSimpleName(), name -> new ArrayList<>()).add(type.getName());
      }
    }
    names.values().removeIf(same -> same.size() == 1);
    assertThat(names).as("classes of one name").isEmpty();
  }

  @Test
  void packagesHaveNoCyclicDependencies() {
    slices().matching("org.nbdcore.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void librariesAreUsedOnlyByTheirOwners() {
    Map<String, Set<String>> owners = new LinkedHashMap<>();
    owners.put("org.apache.logging", Set.of("org.nbdcore.cli.log"));
    owners.put("org.apache.commons.configuration2", Set.of("org.nbdcore.cli.config"));
    owners.put(
        "org.apache.commons.compress",
        Set.of("org.nbdcore.filter.bzip2", "org.nbdcore.plugin.vmdk", "org.nbdcore.plugin.cdi"));
    owners.put(
        "org.bouncycastle",
        Set.of("org.nbdcore.server.tls.psk", "org.nbdcore.client", "org.nbdcore.filter.luks"));
    owners.put("io.prometheus", Set.of("org.nbdcore.metrics", "org.nbdcore.cli"));
    owners.put("com.google.gson", Set.of("org.nbdcore.metrics.status", "org.nbdcore.plugin.cdi"));
    owners.put("org.tukaani", Set.of("org.nbdcore.filter.xz", "org.nbdcore.filter.lzip"));
    List<String> wrong = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
        for (Map.Entry<String, Set<String>> owner : owners.entrySet()) {
          if (target.startsWith(owner.getKey())
              && !owner.getValue().contains(type.getPackageName())) {
            wrong.add(dependency.getDescription());
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /**
   * Two libraries that one module each needs are exceptions: VDDK, and libdeflate for VMDK.
   * MachineCode only needs the addresses of functions.
   */
  @Test
  void systemCallsAreDeclaredOnlyInTheSystemPackage() {
    Set<String> others = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      boolean binds =
          type.getMethodCallsFromSelf().stream()
              .filter(call -> call.getTargetOwner().getName().startsWith("com.sun.jna."))
              .map(call -> call.getTarget().getName())
              .anyMatch(name -> name.matches("register|load|getInstance|getFunction"));
      if (binds && !part(type).equals("system")) {
        others.add(type.getName().substring(ROOT.length()));
      }
    }
    assertThat(others)
        .as("classes outside of system-calls that bind native functions")
        .containsExactlyInAnyOrder(
            "vmdk.LibDeflate$Calls", "plugin.vddk.VddkApi", "plugin.vddk.MachineCode");
  }

  @Test
  void userCommandsAreStartedOnlyByCommands() {
    Set<String> others = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      boolean starts =
          type.getConstructorCallsFromSelf().stream()
              .anyMatch(call -> call.getTargetOwner().isEquivalentTo(ProcessBuilder.class));
      if (starts) {
        others.add(type.getName());
      }
    }
    // stty and the restarted program are not the user's; the client has no view to restore.
    assertThat(others)
        .containsExactlyInAnyOrder(
            "org.nbdcore.spi.Commands",
            "org.nbdcore.spi.Terminal",
            "org.nbdcore.cli.Restart",
            "org.nbdcore.client.cli.ContentProbe",
            "org.nbdcore.metrics.top.TerminalView");
  }
}
