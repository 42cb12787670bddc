package org.nbdcore.packaging;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.Emphasis;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/** A page of the documentation, split into sections for a manual page. */
final class DocumentationPage {

  /** The section before the first heading. */
  static final String INTRODUCTION = "";

  private static final Set<String> KEY_HEADS = Set.of("key", "parameter", "option");
  private static final Pattern KEY = Pattern.compile("--?\\w[\\w-]*|[a-z][\\w-]*");
  private static final Pattern USAGE = Pattern.compile("nbd-core [^'\"#$\\\\]*");

  /** Remarks that the notes of a parameter already contain. */
  private static final Pattern NOTED = Pattern.compile("(?i)(magic|required|repeatable)[a-z, ]*");

  private final Map<String, List<Node>> sections = new LinkedHashMap<>();
  private final Map<String, String> described = new LinkedHashMap<>();
  private final Set<String> shared = new HashSet<>();

  /**
   * Parses a page.
   *
   * @param markdown the page's text
   * @param declared the keys and options that have entries of their own, each with the name of its
   *     entry
   */
  DocumentationPage(String markdown, Map<String, String> declared) {
    Node page =
        Parser.builder().extensions(List.of(TablesExtension.create())).build().parse(markdown);
    String section = INTRODUCTION;
    for (Node node = page.getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof Heading heading && heading.getLevel() == 2) {
        section = inline(heading);
      } else if (node instanceof TableBlock table
          && (describesKeys(table, declared) || namesTests(table))) {
        // The rows are entries of the declared list, or for developers.
      } else if (!(node instanceof Heading heading && heading.getLevel() == 1)) {
        sections.computeIfAbsent(section, title -> new ArrayList<>()).add(node);
      }
    }
  }

  /** The text about a key or option in a table of the page, or null. */
  String description(String key) {
    return described.get(key);
  }

  /** True if that text also describes other keys or options. */
  boolean isShared(String key) {
    return shared.contains(key);
  }

  /** Titles in the order of the page. */
  List<String> titles() {
    return List.copyOf(sections.keySet());
  }

  /** Writes the contents of a section, if there is one. */
  void write(String title, Roff out) {
    sections.getOrDefault(title, List.of()).forEach(node -> block(node, out));
  }

  private boolean describesKeys(TableBlock table, Map<String, String> declared) {
    List<TableRow> rows = rows(table);
    Node head = rows.get(0).getFirstChild();
    if (head == null || !KEY_HEADS.contains(inline(head).toLowerCase(Locale.ROOT))) {
      return false;
    }
    Map<String, String> found = new LinkedHashMap<>();
    Set<String> ambiguous = new HashSet<>();
    for (TableRow row : rows.subList(1, rows.size())) {
      String text = rest(rows.get(0), row);
      Set<String> keys = new LinkedHashSet<>();
      for (Node each = row.getFirstChild().getFirstChild(); each != null; each = each.getNext()) {
        if (each instanceof Code code) {
          String key = key(code.getLiteral(), declared);
          if (key != null) {
            keys.add(key);
          }
        }
      }
      if (keys.isEmpty()) {
        return false;
      }
      keys.forEach(key -> found.put(key, text));
      if (keys.stream().map(declared::get).distinct().count() > 1) {
        ambiguous.addAll(keys);
      }
    }
    found.forEach(described::putIfAbsent);
    shared.addAll(ambiguous);
    return true;
  }

  /** The declared key that code shows, or null. An option with a value ends with an equals sign. */
  private static String key(String code, Map<String, String> declared) {
    Matcher key = KEY.matcher(code);
    if (!key.lookingAt()) {
      return null;
    }
    boolean value = code.startsWith("=", key.end()) || code.startsWith("[=", key.end());
    List<String> forms = new ArrayList<>(List.of(key.group(), key.group() + "="));
    if (value) {
      Collections.reverse(forms);
    }
    return forms.stream().filter(declared::containsKey).findFirst().orElse(null);
  }

  /**
   * Takes the code block with which the page begins, if it shows nothing but how a plugin or filter
   * is used. Returns its lines.
   */
  List<String> takeUsage() {
    List<Node> first = sections.getOrDefault(INTRODUCTION, List.of());
    if (first.isEmpty() || !(first.get(0) instanceof IndentedCodeBlock code)) {
      return List.of();
    }
    List<String> lines = code.getLiteral().lines().map(String::strip).toList();
    if (!lines.stream().allMatch(line -> USAGE.matcher(line).matches())) {
      return List.of();
    }
    first.remove(0);
    return lines;
  }

  /** Takes lines that the synopsis has out of the first code block. */
  void removeFromIntroduction(List<String> synopsis) {
    for (Node node : sections.getOrDefault(INTRODUCTION, List.of())) {
      if (node instanceof IndentedCodeBlock code) {
        List<String> rest = new ArrayList<>(code.getLiteral().lines().toList());
        rest.removeIf(line -> synopsis.contains(line.strip()));
        code.setLiteral(String.join("\n", rest).strip());
        return;
      }
    }
  }

  private static boolean namesTests(TableBlock table) {
    return inline(rows(table).get(0).getLastChild()).toLowerCase(Locale.ROOT).startsWith("test");
  }

  private static List<TableRow> rows(TableBlock table) {
    List<TableRow> rows = new ArrayList<>();
    for (Node part = table.getFirstChild(); part != null; part = part.getNext()) {
      for (Node row = part.getFirstChild(); row != null; row = row.getNext()) {
        rows.add((TableRow) row);
      }
    }
    return rows;
  }

  /**
   * The text of the cells after the first one, with the headings of their columns, except for the
   * last cell.
   */
  private static String rest(TableRow head, TableRow row) {
    StringBuilder text = new StringBuilder();
    Node title = head.getFirstChild();
    for (Node cell = row.getFirstChild(); cell instanceof TableCell; cell = cell.getNext()) {
      String content = inline(cell);
      boolean noted = cell.getNext() != null && NOTED.matcher(content).matches();
      if (cell != row.getFirstChild() && !content.isBlank() && !noted) {
        String name = title == null ? "" : inline(title);
        boolean last = cell.getNext() == null;
        text.append(last ? "" : (name.isBlank() ? "Default" : name) + ": ").append(content);
        text.append(last || content.endsWith(".") ? " " : ". ");
      }
      title = title == null ? null : title.getNext();
    }
    return text.toString().strip();
  }

  private static void block(Node node, Roff out) {
    if (node instanceof Heading) {
      out.subsection(inline(node));
    } else if (node instanceof FencedCodeBlock code) {
      out.example(code.getLiteral());
    } else if (node instanceof IndentedCodeBlock code) {
      out.example(code.getLiteral());
    } else if (node instanceof BulletList || node instanceof OrderedList) {
      for (Node item = node.getFirstChild(); item != null; item = item.getNext()) {
        out.bullet(inline(item.getFirstChild()));
        for (Node more = item.getFirstChild().getNext(); more != null; more = more.getNext()) {
          block(more, out);
        }
      }
    } else if (node instanceof TableBlock table) {
      List<TableRow> rows = rows(table);
      for (TableRow row : rows.subList(1, rows.size())) {
        out.entry(inline(row.getFirstChild()), rest(rows.get(0), row));
      }
    } else {
      out.paragraph(inline(node));
    }
  }

  /** The contents of a node as roff. */
  private static String inline(Node node) {
    StringBuilder text = new StringBuilder();
    for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
      if (child instanceof Text literal) {
        text.append(Roff.plain(literal.getLiteral()));
      } else if (child instanceof Code code) {
        text.append(Roff.bold(Roff.breakable(code.getLiteral())));
      } else if (child instanceof SoftLineBreak || child instanceof HardLineBreak) {
        text.append('\n');
      } else if (child instanceof StrongEmphasis) {
        text.append(Roff.bold(inline(child)));
      } else if (child instanceof Emphasis) {
        text.append(Roff.italic(inline(child)));
      } else {
        text.append(inline(child));
      }
    }
    return text.toString();
  }
}
