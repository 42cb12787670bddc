package org.nbdcore.tools.vsphere;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nbdcore.client.cli.Json;
import org.nbdcore.vsphere.MoRef;
import org.nbdcore.vsphere.Snapshot;
import org.nbdcore.vsphere.VirtualDisk;
import org.nbdcore.vsphere.VirtualMachine;

/** Formats machines as text and as JSON. */
final class Report {

  private Report() {}

  static String line(VirtualMachine machine) {
    long bytes = machine.disks().stream().mapToLong(VirtualDisk::capacity).sum();
    return String.format(
        Locale.ROOT,
        "%-12s %-10s %2d disks %9s  %s",
        machine.ref().value(),
        machine.powerState(),
        machine.disks().size(),
        size(bytes),
        machine.name());
  }

  static String text(VirtualMachine machine) {
    StringBuilder out = new StringBuilder();
    row(out, "name", machine.name());
    row(out, "reference", "moref=" + machine.ref().value());
    row(out, "UUID", machine.uuid());
    row(out, "power", machine.powerState());
    row(out, "host", machine.host().map(MoRef::value).orElse("none"));
    row(out, "file", machine.path());
    row(out, "change tracking", machine.changeTracking() ? "on" : "off");
    int number = 1;
    for (VirtualDisk disk : machine.disks()) {
      row(out, "disk " + number++, disk.name() + ", " + size(disk.capacity()));
      row(out, "", "key=" + disk.key() + " unit=" + disk.unit() + " " + disk.mode());
      disk.files().forEach(file -> row(out, "", file));
      disk.changeId().ifPresent(id -> row(out, "", "change ID " + id));
    }
    snapshots(out, machine.snapshots(), "");
    for (String obstacle : machine.obstacles()) {
      row(out, "obstacle", obstacle);
    }
    return out.toString();
  }

  private static void snapshots(StringBuilder out, List<Snapshot> snapshots, String indent) {
    for (Snapshot snapshot : snapshots) {
      row(
          out,
          "snapshot",
          indent + snapshot.ref().value() + " " + snapshot.created() + " " + snapshot.name());
      snapshots(out, snapshot.children(), indent + "  ");
    }
  }

  private static void row(StringBuilder out, String key, String value) {
    out.append(String.format(Locale.ROOT, "%-16s %s%n", key, value));
  }

  private static String size(long bytes) {
    return bytes >= 1L << 30
        ? String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30))
        : String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1L << 20));
  }

  static String json(VirtualMachine machine) {
    List<String> disks = new ArrayList<>();
    for (VirtualDisk disk : machine.disks()) {
      disks.add(
          object(
              "key", Integer.toString(disk.key()),
              "unit", Integer.toString(disk.unit()),
              "label", Json.quote(disk.label()),
              "size", Long.toString(disk.capacity()),
              "mode", Json.quote(disk.mode()),
              "files", array(disk.files().stream().map(Json::quote).toList()),
              "changeId", disk.changeId().map(Json::quote).orElse("null")));
    }
    List<String> snapshots = new ArrayList<>();
    for (Snapshot snapshot : machine.allSnapshots()) {
      snapshots.add(
          object(
              "reference", Json.quote(snapshot.ref().value()),
              "name", Json.quote(snapshot.name()),
              "created", Json.quote(snapshot.created())));
    }
    return object(
        "reference", Json.quote(machine.ref().value()),
        "name", Json.quote(machine.name()),
        "uuid", Json.quote(machine.uuid()),
        "power", Json.quote(machine.powerState()),
        "file", Json.quote(machine.path()),
        "changeTracking", Boolean.toString(machine.changeTracking()),
        "disks", array(disks),
        "snapshots", array(snapshots),
        "obstacles", array(machine.obstacles().stream().map(Json::quote).toList()));
  }

  static String object(String... keysAndValues) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      members.add(Json.quote(keysAndValues[i]) + ": " + keysAndValues[i + 1]);
    }
    return "{" + String.join(", ", members) + "}";
  }

  static String array(List<String> values) {
    return "[" + String.join(", ", values) + "]";
  }
}
