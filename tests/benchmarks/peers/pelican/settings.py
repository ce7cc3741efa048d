"""A page for each article, an index page of the newest, and three feeds of the newest 50.

With their full text, and nothing else that Pelican would make. JSON Feed is a template of ours.
"""

SITENAME = "The Corpus"
SITESUBTITLE = "Articles that nobody wrote"
SITEURL = FEED_DOMAIN = "https://corpus.example"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
NEWEST = 50

PLUGINS = ["yaml_metadata"]
MARKDOWN = {
    "extensions": ["markdown.extensions.extra"],
    "output_format": "html",
}
FORMATTED_FIELDS: list[str] = []
USE_FOLDER_AS_CATEGORY = False
DEFAULT_PAGINATION = False
LOAD_CONTENT_CACHE = False
DELETE_OUTPUT_DIRECTORY = False

THEME_STATIC_PATHS: list[str] = []
STATIC_PATHS: list[str] = []
PAGE_PATHS: list[str] = []
DIRECT_TEMPLATES = ["index", "feed"]
TEMPLATE_EXTENSIONS = [".html", ".json"]
FEED_SAVE_AS = "feed.json"
ARTICLE_URL = "{date:%Y}/{date:%m}/{date:%d}/{slug}/"
ARTICLE_SAVE_AS = "{date:%Y}/{date:%m}/{date:%d}/{slug}/index.html"
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""

FEED_ALL_ATOM = "atom.xml"
FEED_ALL_RSS = "rss.xml"
FEED_MAX_ITEMS = NEWEST
RSS_FEED_SUMMARY_ONLY = False
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
