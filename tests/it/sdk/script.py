"""The vendor's own SDK against the emulator, unchanged. argv: base URL, directory with a picture in it."""

import sys

import dashscope
from dashscope import ImageSynthesis
from dashscope.aigc.image_generation import ImageGeneration

base_url, folder = sys.argv[1:3]
dashscope.base_http_api_url = base_url
dashscope.api_key = "sk-test"
picture = "file://" + folder + "/in put.png"


def ok(answer):
    assert answer.status_code == 200, answer
    return answer


def message(text, *images):
    content = [{"text": text}] + [{"image": image} for image in images]
    return [{"role": "user", "content": content}]


def images(output):
    return [item["image"] for choice in output.choices for item in choice.message.content if "image" in item]


# The older protocol: submit, wait, and both at once.
task = ok(ImageSynthesis.async_call(model="wan2.2-t2i-flash", prompt="a fox", n=2, size="512*512", seed=7))
assert task.output.task_status == "PENDING", task
done = ok(ImageSynthesis.wait(task))
assert done.output.task_status == "SUCCEEDED", done
assert [bool(result.url) for result in done.output.results] == [True, True], done
assert done.usage.image_count == 2, done
print("async_call and wait")

done = ok(ImageSynthesis.call(model="qwen-image-plus", prompt="three puppies", n=1, size="928*1664", prompt_extend=True, watermark=False))
assert done.output.results[0].url.startswith("http"), done
print("call")

# Editing: the SDK uploads the file by itself.
done = ok(ImageSynthesis.call(model="wan2.5-i2i-preview", prompt="bluer", images=[picture], n=1, size="768*768"))
assert len(done.output.results) == 1, done
print("edit with an upload")

# List and cancel.
listed = ok(ImageSynthesis.list(model_name="wan2.5-i2i-preview"))
assert listed.output["total"] == 1 and listed.output["data"][0]["status"] == "SUCCEEDED", listed
waiting = ok(ImageSynthesis.async_call(model="wan2.2-t2i-flash", prompt="a fox", n=1, size="512*512"))
ok(ImageSynthesis.cancel(waiting))
assert ImageSynthesis.fetch(waiting).output.task_status == "CANCELED"
again = ImageSynthesis.cancel(waiting)
assert (again.status_code, again.code) == (400, "UnsupportedOperation"), again
print("list and cancel")

# The newer protocol: at once, as a task, edited, streamed.
done = ok(ImageGeneration.call(model="wan2.6-t2i", messages=message("a flower shop"), n=1, size="1280*1280"))
assert len(images(done.output)) == 1, done
print("messages")

task = ok(ImageGeneration.async_call(model="wan2.6-image", messages=message("bluer", picture), n=2, size="768*768"))
done = ok(ImageGeneration.wait(task))
assert len(images(done.output)) == 2 and done.usage["image_count"] == 2, done
print("messages as a task")

pictures, text, reasons = [], "", []
told = ImageGeneration.call(
    model="wan2.6-image", messages=message("latte art"), enable_interleave=True, max_images=2, size="768*768", stream=True
)
for event in told:
    choice = ok(event).output.choices[0]
    reasons.append(choice.finish_reason)
    pictures += images(event.output)
    text += "".join(item["text"] for item in choice.message.content if "text" in item)
assert len(pictures) == 2 and "latte art" in text, (pictures, text)
assert reasons[-1] == "stop" and set(reasons[:-1]) == {"null"}, reasons
assert event.usage["image_count"] == 2, event
print("streamed story")

# Refusals arrive as the SDK's own errors.
refused = ImageGeneration.call(model="wan2.6-t2i", messages=message("a fox"), size="1*1")
assert (refused.status_code, refused.code) == (400, "InvalidParameter"), refused
refused = ImageSynthesis.async_call(model="wan2.2-t2i-flash", prompt="a fox", api_key="key")
assert refused.status_code == 401, refused
print("refusals")
