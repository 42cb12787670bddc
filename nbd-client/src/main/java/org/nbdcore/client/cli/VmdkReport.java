package org.nbdcore.client.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.nbdcore.spi.Sizes;
import org.nbdcore.vmdk.ExtentKind;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.LinuxFileHoles;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkExtentInfo;
import org.nbdcore.vmdk.VmdkInfo;
import org.nbdcore.vmdk.VmdkOptions;

/** What {@code nbd-vmdk info} shows, as text and as JSON. */
final class VmdkReport {

  /** A link of the chain. */
  private record Link(String file, String contentId, String parentContentId, String createType) {}

  private final VmdkInfo info;
  private final long size;
  private final long allocated;
  private final List<Link> chain;

  private VmdkReport(VmdkInfo info, long size, long allocated, List<Link> chain) {
    this.info = info;
    this.size = size;
    this.allocated = allocated;
    this.chain = chain;
  }

  /** Opens the disk, its parents too, and looks how much of it is stored. */
  static VmdkReport of(FileLocation file, Consumer<String> warnings) throws IOException {
    VmdkOptions options = VmdkOptions.defaults().withHoles(LinuxFileHoles::new);
    try (VmdkDisk disk = VmdkDisk.open(file, options.withWarnings(warnings));
        VmdkDisk own = VmdkDisk.open(file, options.withSingleLink(true))) {
      List<Link> chain = new ArrayList<>();
      chain.add(link(file, own.info()));
      for (FileLocation parent : disk.info().parents()) {
        try (VmdkDisk link = VmdkDisk.open(parent, options.withSingleLink(true))) {
          chain.add(link(parent, link.info()));
        }
      }
      return new VmdkReport(disk.info(), disk.size(), allocated(own), chain);
    }
  }

  private static Link link(FileLocation file, VmdkInfo info) {
    String parent = info.attributes().getOrDefault("parentCID", "ffffffff");
    return new Link(file.toString(), info.contentId(), parent, info.createType());
  }

  private static long allocated(VmdkDisk disk) throws IOException {
    long[] sum = {0};
    disk.extents(
        0,
        disk.size(),
        (offset, length, kind) -> {
          sum[0] += kind == ExtentKind.DATA ? length : 0;
          return true;
        });
    return sum[0];
  }

  private String attribute(String name) {
    return info.attributes().getOrDefault(name, "");
  }

  String text() {
    StringBuilder out = new StringBuilder();
    line(out, "file", chain.get(0).file());
    line(out, "kind", info.createType());
    line(out, "size", size + " (" + Sizes.format(size) + ")");
    line(out, "allocated", allocated + " (" + Sizes.format(allocated) + ")");
    line(out, "CID", info.contentId());
    line(out, "adapter", info.adapterType());
    line(out, "hardware version", info.hardwareVersion());
    line(out, "UUID", info.uuid());
    String tracking = attribute("changeTrackPath");
    line(out, "change tracking", tracking.isEmpty() ? "no" : tracking);
    for (VmdkExtentInfo extent : info.extents()) {
      line(out, "extent", text(extent));
    }
    for (Link link : chain.subList(1, chain.size())) {
      line(out, "parent", link.file() + ", " + link.createType() + ", CID " + link.contentId());
    }
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(name).append(": ").append(TerminalText.printable(value)).append('\n');
    }
  }

  private static String text(VmdkExtentInfo extent) {
    StringBuilder out = new StringBuilder();
    out.append(extent.access()).append(' ').append(extent.type());
    out.append(' ').append(extent.length()).append(" bytes");
    if (extent.file() != null) {
      out.append(", ").append(extent.file());
    }
    if (extent.fileOffset() > 0) {
      out.append(" from byte ").append(extent.fileOffset());
    }
    if (extent.grainSize() > 0) {
      out.append(", grains of ").append(extent.grainSize()).append(" bytes");
    }
    return out.append(extent.compressed() ? ", compressed" : "").toString();
  }

  String json() {
    StringBuilder out = new StringBuilder("{\n");
    member(out, "  ", "file", Json.quote(chain.get(0).file()));
    member(out, "  ", "kind", Json.quote(info.createType()));
    member(out, "  ", "size", Long.toString(size));
    member(out, "  ", "allocated", Long.toString(allocated));
    member(out, "  ", "cid", Json.quote(info.contentId()));
    member(out, "  ", "adapter", Json.quote(info.adapterType()));
    member(out, "  ", "hardware-version", Json.quote(info.hardwareVersion()));
    member(out, "  ", "uuid", Json.quote(info.uuid()));
    member(out, "  ", "change-tracking", Json.quote(attribute("changeTrackPath")));
    out.append("  \"extents\": [");
    String separator = "\n";
    for (VmdkExtentInfo extent : info.extents()) {
      out.append(separator);
      json(out, extent);
      separator = ",\n";
    }
    out.append("\n  ],\n  \"chain\": [");
    separator = "\n";
    for (Link link : chain) {
      out.append(separator);
      json(out, link);
      separator = ",\n";
    }
    return out.append("\n  ]\n}\n").toString();
  }

  private static void member(StringBuilder out, String indent, String name, String value) {
    out.append(indent).append(Json.quote(name)).append(": ").append(value).append(",\n");
  }

  private static void last(StringBuilder out, String indent, String name, String value) {
    out.append(indent).append(Json.quote(name)).append(": ").append(value).append('\n');
  }

  private static void json(StringBuilder out, VmdkExtentInfo extent) {
    String indent = "      ";
    out.append("    {\n");
    member(out, indent, "access", Json.quote(extent.access()));
    member(out, indent, "type", Json.quote(extent.type()));
    member(out, indent, "length", Long.toString(extent.length()));
    String file = extent.file() == null ? "null" : Json.quote(extent.file().toString());
    member(out, indent, "file", file);
    member(out, indent, "file-offset", Long.toString(extent.fileOffset()));
    member(out, indent, "grain-size", Long.toString(extent.grainSize()));
    last(out, indent, "compressed", Boolean.toString(extent.compressed()));
    out.append("    }");
  }

  private static void json(StringBuilder out, Link link) {
    String indent = "      ";
    out.append("    {\n");
    member(out, indent, "file", Json.quote(link.file()));
    member(out, indent, "kind", Json.quote(link.createType()));
    member(out, indent, "cid", Json.quote(link.contentId()));
    last(out, indent, "parent-cid", Json.quote(link.parentContentId()));
    out.append("    }");
  }
}
