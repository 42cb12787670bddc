package org.nbdcore.spi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Finds names similar to a mistyped one, for error messages: the server uses it for keys, plugins
 * and options.
 */
@Experimental
public final class NameSuggestions {

  private static final int MAX_SUGGESTIONS = 3;

  private NameSuggestions() {}

  /**
   * The valid names nearest to a wrong one.
   *
   * @return at most three, the nearest first; empty if none is near
   */
  public static List<String> to(String wrong, Collection<String> valid) {
    record Candidate(String name, int distance) {}
    int limit = Math.max(1, wrong.length() / 3);
    List<Candidate> near = new ArrayList<>();
    for (String name : valid) {
      int distance = distance(wrong, name);
      if (distance <= limit || (wrong.length() >= 3 && name.startsWith(wrong))) {
        near.add(new Candidate(name, distance));
      }
    }
    near.sort(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name));
    return near.stream().map(Candidate::name).distinct().limit(MAX_SUGGESTIONS).toList();
  }

  /** The end of an error message: {@code "; did you mean a, b or c?"}, or nothing. */
  public static String question(String wrong, Collection<String> valid) {
    List<String> near = to(wrong, valid);
    if (near.isEmpty()) {
      return "";
    }
    String last = near.get(near.size() - 1);
    String others = String.join(", ", near.subList(0, near.size() - 1));
    return "; did you mean " + (others.isEmpty() ? last : others + " or " + last) + "?";
  }

  /**
   * The end of an error message about an unknown name: the nearest names, otherwise all.
   *
   * @param valid all names; if there is none, the text is {@code ", which takes none"}
   */
  public static String hint(String wrong, Collection<String> valid) {
    String question = question(wrong, valid);
    if (!question.isEmpty()) {
      return question;
    }
    return valid.isEmpty() ? ", which takes none" : "; valid are " + String.join(", ", valid);
  }

  /**
   * The edit distance of two names: insertions, deletions, replacements and swaps of adjacent
   * letters.
   */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
