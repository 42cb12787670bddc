package org.nbdcore.tools.vsphere;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.nbdcore.client.cli.Arguments;
import org.nbdcore.client.cli.Console;
import org.nbdcore.client.cli.Json;
import org.nbdcore.client.cli.UsageException;
import org.nbdcore.spi.Log;
import org.nbdcore.vsphere.HostCertificate;
import org.nbdcore.vsphere.Inventory;
import org.nbdcore.vsphere.MoRef;
import org.nbdcore.vsphere.Snapshot;
import org.nbdcore.vsphere.TemporarySnapshot;
import org.nbdcore.vsphere.VirtualMachine;
import org.nbdcore.vsphere.VsphereClient;

/** The command {@code nbd-vsphere}: lists machines of a vCenter or ESXi host, and copies them. */
public final class NbdVsphere {

  private static final String USAGE =
      """
      nbd-vsphere: show and copy the virtual machines of a vCenter or ESXi host

          nbd-vsphere thumbprint HOST
          nbd-vsphere ACCESS [--json] list
          nbd-vsphere ACCESS [--json] show VM
          nbd-vsphere ACCESS snapshot create VM [NAME] [--quiesce]
          nbd-vsphere ACCESS snapshot remove VM [SNAPSHOT]
          nbd-vsphere ACCESS copy VM FOLDER [--again] [--quiesce] [--engine=ENGINE]
          nbd-vsphere ACCESS copy VM URI... [--quiesce] [--engine=ENGINE]

      ACCESS is --server=HOST --user=NAME --password=+FILE --thumbprint=XX:XX:...
      VM is a name, moref=ID, uuid=ID or an inventory path (/Datacenter/vm/NAME).

          --server=HOST      name or address of the vCenter or ESXi host
          --port=PORT        its port (443)
          --nfc-port=PORT    port of ESXi hosts for NFC (as the server reports)
          --user=NAME        user name for the login
          --password=+FILE   the first line of a file; - asks on the terminal
          --thumbprint=HEX   SHA-1 or SHA-256 of the server's certificate
          --json             print JSON
          --quiesce          ask the guest to write its cached data before the snapshot
          --again            copy only what has changed since the last copy
          --engine=ENGINE    auto, vddk, nfc or https (auto)
          --help             show this help
          -V, --version      show the version

      Without SNAPSHOT, "snapshot remove" removes the snapshots that killed nbd-core
      processes did not remove.
      """;

  private static final Duration SNAPSHOT_LIMIT = Duration.ofHours(4);

  private final LoginArguments access = new LoginArguments();
  private final CopyCommand copy = new CopyCommand(access);
  private boolean json;

  private NbdVsphere() {}

  /** Runs the command and exits. */
  public static void main(String[] args) {
    PrintStream err = Console.err();
    Log.install(new StandardErrorLog(err));
    System.exit(run(Arguments.typed(args), Console.out(), err));
  }

  /**
   * Runs the command.
   *
   * @return the exit status: 0, or 1 after an error
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    try {
      new NbdVsphere().start(args, out, err);
      out.flush();
      if (out.checkError()) {
        throw new IOException("cannot write to standard output");
      }
      return 0;
    } catch (UsageException | IOException | IllegalArgumentException e) {
      out.flush();
      err.println("nbd-vsphere: " + e.getMessage());
      err.flush();
      return 1;
    }
  }

  private void start(String[] args, PrintStream out, PrintStream err)
      throws UsageException, IOException {
    Arguments arguments = new Arguments(args);
    for (String option = arguments.nextOption(); option != null; option = arguments.nextOption()) {
      if (Console.printAbout(option, "nbd-vsphere", USAGE, out)) {
        return;
      }
      take(option, arguments);
    }
    List<String> words = arguments.operands();
    if (words.isEmpty()) {
      throw new UsageException("a command is needed (nbd-vsphere --help lists them)");
    }
    run(words, out, err);
  }

  private void take(String option, Arguments arguments) throws UsageException {
    switch (option) {
      case "--server" -> access.server = arguments.value();
      case "--port" -> access.port = arguments.size(1, 65_535);
      case "--nfc-port" -> access.nfcPort = arguments.size(1, 65_535);
      case "--user" -> access.user = arguments.value();
      case "--password" -> access.password = arguments.value();
      case "--thumbprint" -> access.thumbprint = arguments.value();
      case "--json" -> json = true;
      case "--quiesce" -> copy.quiesce = true;
      case "--again" -> copy.again = true;
      case "--engine" -> copy.engine = arguments.value();
      default -> throw arguments.unknown("nbd-vsphere");
    }
  }

  private void run(List<String> words, PrintStream out, PrintStream err)
      throws UsageException, IOException {
    switch (words.get(0)) {
      case "thumbprint" -> thumbprint(operand(words, 1, "HOST"), out);
      case "list" -> list(out);
      case "show" -> show(operand(words, 1, "VM"), out);
      case "snapshot" -> snapshot(words, out);
      case "copy" -> {
        operand(words, 2, "FOLDER or URI");
        copy.run(words.get(1), words.subList(2, words.size()), json, out, err);
      }
      default ->
          throw new UsageException(
              "the command must be thumbprint, list, show, snapshot or copy, not '"
                  + words.get(0)
                  + "'");
    }
  }

  private static String operand(List<String> words, int index, String what) throws UsageException {
    if (words.size() <= index) {
      throw new UsageException(words.get(0) + " needs " + what);
    }
    return words.get(index);
  }

  private void thumbprint(String host, PrintStream out) throws IOException {
    HostCertificate certificate =
        HostCertificate.fetch(host, (int) access.port, Duration.ofSeconds(30));
    String sha1 = certificate.thumbprint("SHA-1");
    String sha256 = certificate.thumbprint("SHA-256");
    if (json) {
      out.println(
          Report.object(
              "sha1", Json.quote(sha1),
              "sha256", Json.quote(sha256),
              "subject", Json.quote(certificate.subject())));
      return;
    }
    out.println("SHA-1    " + sha1);
    out.println("SHA-256  " + sha256);
    out.println("subject  " + certificate.subject());
  }

  private void list(PrintStream out) throws UsageException, IOException {
    try (VsphereClient client = access.connect()) {
      List<VirtualMachine> machines = client.inventory().list();
      if (json) {
        out.println(Report.array(machines.stream().map(Report::json).toList()));
      } else {
        machines.forEach(machine -> out.println(Report.line(machine)));
      }
    }
  }

  private void show(String vm, PrintStream out) throws UsageException, IOException {
    try (VsphereClient client = access.connect()) {
      Inventory inventory = client.inventory();
      VirtualMachine machine = inventory.machine(inventory.find(vm));
      out.print(json ? Report.json(machine) + "\n" : Report.text(machine));
    }
  }

  private void snapshot(List<String> words, PrintStream out) throws UsageException, IOException {
    String what = operand(words, 1, "create or remove");
    if (!what.equals("create") && !what.equals("remove")) {
      throw new UsageException("snapshot needs create or remove, not '" + what + "'");
    }
    String vm = operand(words, 2, "VM");
    try (VsphereClient client = access.connect()) {
      VirtualMachine machine = client.inventory().machine(client.inventory().find(vm));
      if (what.equals("create")) {
        String name = words.size() > 3 ? words.get(3) : "nbd-vsphere";
        MoRef made =
            client.snapshots().create(machine.ref(), name, "", copy.quiesce, SNAPSHOT_LIMIT);
        out.println(made.value());
        return;
      }
      List<Snapshot> unwanted =
          words.size() > 3
              ? List.of(client.snapshots().find(machine, words.get(3)))
              : TemporarySnapshot.orphaned(machine);
      for (Snapshot snapshot : unwanted) {
        client.snapshots().remove(snapshot.ref(), SNAPSHOT_LIMIT);
        out.println(snapshot.ref().value());
      }
    }
  }
}
