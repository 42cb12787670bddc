package org.nbdcore.vsphere;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Changes answers so that most remain XML: texts, names, types, and whole elements. */
final class XmlMutator implements UnaryOperator<byte[]> {

  private static final Pattern TEXT = Pattern.compile("(?<=>)[^<>]*(?=</)");
  private static final Pattern TAG = Pattern.compile("</?[A-Za-z:]+");
  private static final Pattern TYPE = Pattern.compile("type=\"[^\"]*\"");
  private static final Pattern LEAF = Pattern.compile("<([A-Za-z]+)( [^<>]*)?>[^<>]*</\\1>");
  private static final Pattern TREE = Pattern.compile("<([A-Za-z]+)( [^<>]*)?>.*?</\\1>");

  private static final String[] ODD = {
    "",
    " ",
    "0",
    "1",
    "-1",
    "512",
    "1.5",
    "NaN",
    "true",
    "2147483647",
    "-2147483648",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "[store] web/web.vmdk",
    "[",
    "]",
    "[]",
    "/",
    "a/b",
    "\u00e9\u20ac",
    "&amp;&#x41;",
    "&nothing;",
    "<x/>",
    "moref=vm-16",
    "vm-16",
    "success",
    "error",
    "\n",
    "x".repeat(5000)
  };

  private final Random random;
  private final int oneIn;

  XmlMutator(Random random, int oneIn) {
    this.random = random;
    this.oneIn = oneIn;
  }

  @Override
  public synchronized byte[] apply(byte[] answer) {
    String text = new String(answer, StandardCharsets.UTF_8);
    for (int chance = oneIn; random.nextInt(chance) == 0; chance = 2) {
      text = damage(text);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String damage(String text) {
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> replace(text, TEXT, odd());
      case 3 -> replace(text, TYPE, "type=\"" + odd().replace("<", "") + "\"");
      case 4 -> replace(text, LEAF, "");
      case 5 -> replace(text, TREE, "");
      case 6 -> repeat(text);
      case 7 -> replace(text, TAG, "<y");
      default -> text.substring(0, random.nextInt(text.length() + 1));
    };
  }

  private String odd() {
    return ODD[random.nextInt(ODD.length)];
  }

  private String replace(String text, Pattern pattern, String with) {
    MatchResult match = match(text, pattern);
    return match == null
        ? text
        : text.substring(0, match.start()) + with + text.substring(match.end());
  }

  private String repeat(String text) {
    MatchResult match = match(text, TREE);
    if (match == null || text.length() > 100_000) {
      return text;
    }
    String again = match.group().repeat(1 + random.nextInt(4));
    return text.substring(0, match.start()) + again + text.substring(match.start());
  }

  private MatchResult match(String text, Pattern pattern) {
    List<MatchResult> all = new ArrayList<>();
    pattern.matcher(text).results().limit(10_000).forEach(all::add);
    return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
  }
}
