package org.nbdcore.cli;

import java.io.PrintStream;
import java.util.List;
import org.nbdcore.chain.Providers;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.PluginProvider;

/** Prints {@code --help}. */
final class Help {

  private static final int WIDTH = 80;
  private static final int INDENT = 2;
  private static final int COLUMN = 30;

  private final PrintStream out;
  private final String program;

  Help(PrintStream out, String program) {
    this.out = out;
    this.program = program;
  }

  void program(Providers providers) {
    out.println("usage: " + program + " [OPTIONS] PLUGIN [WORD] [KEY=VALUE ...]");
    out.println("       " + program + " new-plugin NAME DIR");
    out.println("       " + program + " new-filter NAME DIR");
    out.println("       " + program + " top [--once] [--metrics-token=FILE] [URL]");
    out.println("Serves a disk over NBD, creates a Maven project for a plugin or filter, or shows");
    out.println("the exports and clients of a server that runs with --metrics.");
    out.println();
    out.println("Options, before or after the plugin's name:");
    for (CommandLineOption option : CommandLineOption.values()) {
      String letter = option.letter() == 0 ? "    " : "-" + option.letter() + ", ";
      String value = option.takesValue() ? "=" + option.value() : "";
      row(letter + option + value, option.help());
    }
    out.println();
    out.println("Plugins (" + program + " --help PLUGIN explains one):");
    for (PluginProvider plugin : providers.plugins()) {
      row(plugin.name(), plugin.description());
    }
    out.println();
    out.println("Filters (" + program + " --help --filter=FILTER PLUGIN explains one):");
    for (FilterProvider filter : providers.filters()) {
      row(filter.name(), filter.description());
    }
  }

  void layers(Layers layers) {
    for (FilterProvider filter : layers.filters()) {
      out.println("filter: " + filter.name() + " (" + filter.description() + ")");
      keys(filter.parameters(), filter.name(), filter.debugFlags());
      out.println();
    }
    PluginProvider plugin = layers.plugin();
    out.println("plugin: " + plugin.name() + " (" + plugin.description() + ")");
    keys(plugin.parameters(), plugin.name(), plugin.debugFlags());
    if (plugin.acceptsAnyKey()) {
      row("KEY=VALUE", "any other key");
    }
  }

  private void keys(List<Parameter<?>> parameters, String name, List<DebugFlag> flags) {
    for (Parameter<?> parameter : parameters) {
      String key = parameter.isMagic() ? "[" + parameter.key() + "=]" : parameter.key() + "=";
      StringBuilder help = new StringBuilder(parameter.help());
      if (parameter.isRequired()) {
        help.append(" Required.");
      }
      if (parameter.isRepeatable()) {
        help.append(" May be given several times.");
      }
      row(key + parameter.placeholder(), help.toString());
    }
    for (DebugFlag flag : flags) {
      row("-D " + name + "." + flag.name() + "=N", flag.description());
    }
  }

  private void row(String left, String text) {
    StringBuilder line = new StringBuilder(" ".repeat(INDENT)).append(left);
    if (line.length() >= COLUMN) {
      out.println(line);
      line.setLength(0);
    }
    line.append(" ".repeat(COLUMN - line.length()));
    boolean empty = true;
    for (String word : text.split("\\s+")) {
      if (!empty && line.length() + word.length() >= WIDTH) {
        out.println(line);
        line = new StringBuilder(" ".repeat(COLUMN));
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    out.println(line);
  }
}
