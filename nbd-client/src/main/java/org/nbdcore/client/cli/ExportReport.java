package org.nbdcore.client.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.ExportInfo;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.client.NbdHandshake;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Sizes;

/** Describes exports in the format of nbdinfo, because scripts parse it. */
final class ExportReport {

  /**
   * The known properties of an export.
   *
   * @param guess the detected type of its contents, or null
   */
  private record Described(
      ExportInfo info, String description, String guess, NbdUri where, List<String> contexts) {}

  private final NbdUri uri;
  private final boolean json;
  private final boolean content;
  private final ConnectOptions options = ConnectOptions.defaults().withMetaContexts(List.of());
  private final boolean all;
  private boolean first = true;

  ExportReport(NbdUri uri, boolean all, boolean json, boolean content) {
    this.all = all;
    this.uri = uri;
    this.json = json;
    this.content = content;
  }

  /**
   * Prints the URI's export, or all exports of the server. Prints nothing if the first request
   * fails.
   */
  void print(PrintStream out) throws IOException {
    if (all) {
      List<Export> exports;
      try (NbdHandshake handshake = NbdHandshake.open(uri, options)) {
        exports = handshake.list();
        head(out, handshake);
      }
      // Use a connection for each export, because nbdkit limits the options of a client.
      for (Export export : exports) {
        try (NbdHandshake handshake = NbdHandshake.open(uri, options)) {
          export(out, handshake, export.name(), export.description());
        }
      }
    } else {
      try (NbdHandshake handshake = NbdHandshake.open(uri, options)) {
        export(out, handshake, uri.exportName(), "");
      }
    }
    if (json) {
      out.print(" ]\n}\n");
    }
  }

  private void head(PrintStream out, NbdHandshake handshake) {
    if (json) {
      out.print("{\n\"protocol\": " + Json.quote(handshake.protocol()) + ",\n");
      out.print("\"TLS\": " + handshake.tls() + ",\n");
      out.print("\"structured\": " + handshake.structuredReplies() + ",\n");
      out.print("\"exports\": [");
    } else {
      out.print("protocol: " + handshake.protocol());
      out.print(handshake.tls() ? " with TLS" : " without TLS");
      out.print(
          handshake.structuredReplies()
              ? ", using structured packets\n"
              : ", using simple packets\n");
    }
  }

  private void export(PrintStream out, NbdHandshake handshake, String name, String listed)
      throws IOException {
    List<String> contexts = handshake.metaContexts(name);
    ExportInfo info = info(handshake, name);
    String description = info.description().isEmpty() ? listed : info.description();
    NbdUri where = uri.withExportName(name);
    String guess = content ? ContentProbe.probe(where) : null;
    if (first && !all) {
      head(out, handshake);
    }
    Described export = new Described(info, description, guess, where, contexts);
    if (json) {
      json(out, export);
    } else {
      text(out, export);
    }
    first = false;
  }

  private static ExportInfo info(NbdHandshake handshake, String name) throws IOException {
    try {
      return handshake.info(name);
    } catch (NbdClientException e) {
      if (e.optionReply() != OptionReply.ERR_UNSUP) {
        throw e;
      }
    }
    try (NbdClient client = handshake.go(name)) {
      return client.export();
    }
  }

  private static void text(PrintStream out, Described export) {
    ExportInfo info = export.info();
    out.print("export=" + Json.quote(info.name()) + ":\n");
    if (!export.description().isEmpty()) {
      out.print("\tdescription: " + TerminalText.printable(export.description()) + "\n");
    }
    String human = Sizes.format(info.size());
    String size = Long.toString(info.size());
    out.print("\texport-size: " + size + (human.equals(size) ? "\n" : " (" + human + ")\n"));
    if (export.guess() != null) {
      out.print("\tcontent: " + TerminalText.printable(export.guess()) + "\n");
    }
    out.print("\turi: " + export.where() + "\n");
    if (!export.contexts().isEmpty()) {
      out.print("\tcontexts:\n");
      for (String context : export.contexts()) {
        out.print("\t\t" + TerminalText.printable(context) + "\n");
      }
    }
    properties(out, info, "\t", ": ", "\n");
    BlockSizes sizes = info.blockSizes();
    if (sizes != null) {
      out.print("\tblock_size_minimum: " + sizes.minimum() + "\n");
      out.print("\tblock_size_preferred: " + sizes.preferred() + "\n");
      out.print("\tblock_size_maximum: " + sizes.maximum() + "\n");
    }
  }

  private void json(PrintStream out, Described export) {
    ExportInfo info = export.info();
    out.print(first ? "\n\t{\n" : ",\n\t{\n");
    out.print("\t\"export-name\": " + Json.quote(info.name()) + ",\n");
    if (!export.description().isEmpty()) {
      out.print("\t\"description\": " + Json.quote(export.description()) + ",\n");
    }
    if (export.guess() != null) {
      out.print("\t\"content\": " + Json.quote(export.guess()) + ",\n");
    }
    out.print("\t\"uri\": " + Json.quote(export.where().toString()) + ",\n");
    if (!export.contexts().isEmpty()) {
      out.print("\t\"contexts\": [\n");
      for (int i = 0; i < export.contexts().size(); i++) {
        out.print("\t\t" + Json.quote(export.contexts().get(i)));
        out.print(i == export.contexts().size() - 1 ? "\n" : ",\n");
      }
      out.print("\t],\n");
    }
    properties(out, info, "\t\"", "\": ", ",\n");
    BlockSizes sizes = info.blockSizes();
    if (sizes != null) {
      out.print("\t\"block_size_minimum\": " + sizes.minimum() + ",\n");
      out.print("\t\"block_size_preferred\": " + sizes.preferred() + ",\n");
      out.print("\t\"block_size_maximum\": " + sizes.maximum() + ",\n");
    }
    out.print("\t\"export-size\": " + info.size() + ",\n");
    out.print("\t\"export-size-str\": " + Json.quote(Sizes.format(info.size())) + "\n\t}");
  }

  private static void properties(
      PrintStream out, ExportInfo info, String before, String between, String after) {
    out.print(before + "is_rotational" + between + info.isRotational() + after);
    out.print(before + "is_read_only" + between + info.isReadOnly() + after);
    out.print(before + "can_cache" + between + info.canCache() + after);
    out.print(before + "can_df" + between + info.canDf() + after);
    out.print(before + "can_fast_zero" + between + info.canFastZero() + after);
    out.print(before + "can_flush" + between + info.canFlush() + after);
    out.print(before + "can_fua" + between + info.canFua() + after);
    out.print(before + "can_multi_conn" + between + info.canMultiConn() + after);
    out.print(before + "can_trim" + between + info.canTrim() + after);
    out.print(before + "can_zero" + between + info.canZero() + after);
  }
}
