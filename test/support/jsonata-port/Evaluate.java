import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.json.Json;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Evaluates expressions on JSONata's Java port. Each line of standard input is a JSON object {expression, bindings}; each line of standard
 * output is one with what the evaluation allocated, garbage included, and its result or its error: {bytes, result} or {bytes, error}.
 */
public final class Evaluate {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) out.println(answer((Map<?, ?>) Json.parseJson(line)));
  }

  private static String answer(Map<?, ?> question) {
    String expression = (String) question.get("expression");
    Map<?, ?> bindings = (Map<?, ?>) question.get("bindings");
    Map<String, Object> answer = new LinkedHashMap<>();
    try {
      // What is loaded once is no part of an evaluation.
      allocated(compiled(expression), bindings, new LinkedHashMap<>());
      answer.put("bytes", allocated(compiled(expression), bindings, answer));
    } catch (JException unreadable) {
      answer.put("error", unreadable.toString());
    }
    return text(answer);
  }

  private static long allocated(Jsonata expression, Map<?, ?> bindings, Map<String, Object> answer) {
    Jsonata.Frame frame = expression.createFrame();
    bindings.forEach((name, value) -> frame.bind((String) name, value));
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    Object result = null;
    Throwable failure = null;
    try {
      result = expression.evaluate(null, frame);
    } catch (Throwable thrown) {
      failure = thrown;
    }
    long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    if (failure != null) answer.put("error", failure.toString());
    else if (result != null) answer.put("result", result);
    return bytes;
  }

  private static Jsonata compiled(String text) {
    Jsonata expression = Jsonata.jsonata(text);
    // An answer of null is told from none.
    expression.setOutputConvertNulls(false);
    expression.registerFunction("parse", (String json) -> Json.parseJson(json));
    expression.registerFunction("partition", (List<?> list, Number size) -> partition(list, size.intValue()));
    return expression;
  }

  private static List<List<?>> partition(List<?> list, int size) {
    if (list == null || list.isEmpty()) return null;
    List<List<?>> chunks = new ArrayList<>();
    for (int from = 0; from < list.size(); from += size) chunks.add(list.subList(from, Math.min(list.size(), from + size)));
    return chunks;
  }

  /** As JSON in ASCII, every key and text in quotes, whatever the port's own writer does. */
  private static String text(Object value) {
    StringBuilder json = new StringBuilder();
    write(value, json);
    return json.toString();
  }

  private static void write(Object value, StringBuilder json) {
    if (value instanceof Map) {
      String separator = "";
      json.append('{');
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        json.append(separator);
        write(entry.getKey().toString(), json);
        json.append(':');
        write(entry.getValue(), json);
        separator = ",";
      }
      json.append('}');
    } else if (value instanceof List) {
      String separator = "";
      json.append('[');
      for (Object item : (List<?>) value) {
        json.append(separator);
        write(item, json);
        separator = ",";
      }
      json.append(']');
    } else if (value instanceof String) {
      json.append('"');
      for (char c : ((String) value).toCharArray()) {
        if (c < ' ' || c > '~' || c == '"' || c == '\\') json.append(String.format("\\u%04x", (int) c));
        else json.append(c);
      }
      json.append('"');
    } else {
      // Numbers and truth values are JSON already, and so is the port's null.
      json.append(value);
    }
  }
}
